"""Needs a jar that was not given: class_not_found.py [how]

Code CLASS_NOT_FOUND. `how` is jdbc_driver, no_suitable_driver, data_source, format_avro, file_system,
serializer or java_udf.
"""

import sys

from pyspark.sql import SparkSession

URL = "jdbc:postgresql://127.0.0.1:5432/sales"


def jdbc_driver(spark):
    spark.read.jdbc(URL, "orders", properties={"driver": "org.postgresql.Driver"}).show()


def no_suitable_driver(spark):
    spark.read.jdbc(URL, "orders").show()


def data_source(spark):
    spark.read.format("delta").load("/data/orders").show()


def format_avro(spark):
    spark.range(3).write.format("avro").save("/tmp/orders-avro")


def file_system(spark):
    spark.read.parquet("s3a://sales/orders").show()


def java_udf(spark):
    spark.udf.registerJavaFunction("rounded", "com.example.udf.Rounded")
    spark.sql("select rounded(1.5)").show()


if __name__ == "__main__":
    how = sys.argv[1] if sys.argv[1:] else "jdbc_driver"
    spark = SparkSession.builder.appName("class_not_found").getOrCreate()
    globals()[how](spark)
    spark.stop()

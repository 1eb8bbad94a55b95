"""Meets data of another type than it believes: schema_or_cast.py [how]

Code SCHEMA_OR_CAST. `how` is ansi_cast, overflow, divide, parquet_type, python_type, malformed_json
or not_parquet.
"""

import sys
import tempfile
from pathlib import Path

from pyspark.sql import SparkSession


def ansi_cast(spark):
    spark.conf.set("spark.sql.ansi.enabled", "true")
    prices = spark.createDataFrame([("9.50",), ("12,80",)], "price string")
    prices.selectExpr("sum(cast(price as double))").show()


def overflow(spark):
    spark.conf.set("spark.sql.ansi.enabled", "true")
    spark.range(1).selectExpr("cast(2147483647 as int) + cast(id + 1 as int) as next").show()


def divide(spark):
    spark.conf.set("spark.sql.ansi.enabled", "true")
    spark.range(3).selectExpr("sum(10 / id)").show()


def parquet_type(spark):
    folder = tempfile.mkdtemp()
    spark.range(5).selectExpr("cast(id as string) as amount").write.mode("overwrite").parquet(folder)
    spark.read.schema("amount int").parquet(folder).selectExpr("sum(amount)").show()


def python_type(spark):
    spark.createDataFrame([(1, "9.5"), (2, 3.0)], "order_id int, amount double").show()


def malformed_json(spark):
    folder = tempfile.mkdtemp()
    Path(folder, "orders.json").write_text('{"id": 1}\n{"id": 2,,}\n')
    spark.read.schema("id int").option("mode", "FAILFAST").json(folder).show()


def not_parquet(spark):
    folder = tempfile.mkdtemp()
    Path(folder, "orders.parquet").write_text("id,amount\n1,9.5\n2,3.0\n")
    spark.read.parquet(folder).show()


if __name__ == "__main__":
    how = sys.argv[1] if sys.argv[1:] else "ansi_cast"
    spark = SparkSession.builder.appName("schema_or_cast").getOrCreate()
    globals()[how](spark)
    spark.stop()

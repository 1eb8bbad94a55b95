"""Java classes that are not on the class path."""
import sys

from pyspark.sql import SparkSession


def avro(spark):
    spark.read.format("avro").load("landing/events").printSchema()


def mongo(spark):
    spark.range(5).write.format("mongodb").option("database", "shop").mode("append").save()


def jdbc(spark):
    options = {"url": "jdbc:postgresql://db.example/shop", "dbtable": "orders", "driver": "org.postgresql.Driver"}
    spark.read.format("jdbc").options(**options).load().show()


def bucket(spark):
    spark.read.csv("s3a://shop-landing/orders/2024-03-01.csv").show()


def hive_function(spark):
    spark.sql("CREATE TEMPORARY FUNCTION mask_mail AS 'com.acme.udf.MaskMail'")
    spark.sql("SELECT mask_mail('a@b.example')").show()


def java_function(spark):
    spark.udf.registerJavaFunction("clean", "com.acme.udf.Clean", "string")
    spark.sql("SELECT clean('x')").show()


def catalog(spark):
    spark.sql("SELECT * FROM lake.shop.orders").show()


def start(spark):
    spark.range(10).groupBy().count().show()


session = SparkSession.builder.appName("import-events").getOrCreate()
globals()[sys.argv[1]](session)
session.stop()

"""Object storage that says no."""
import os
import sys

from pyspark.sql import SparkSession


def read(spark):
    spark.read.csv("s3a://shop-landing/orders/").show()


def write(spark):
    spark.range(10).write.parquet("s3a://shop-landing/out/orders")


def text(spark):
    print(spark.sparkContext.textFile("s3a://shop-landing/orders/a.csv").count())


def boto(spark):
    import boto3

    client = boto3.client("s3", endpoint_url=os.environ["S3_ENDPOINT"], region_name="eu-west-1")
    for item in client.list_objects_v2(Bucket="shop-landing", Prefix="orders/")["Contents"]:
        print(item["Key"])


session = SparkSession.builder.appName("bucket-sync").getOrCreate()
globals()[sys.argv[1]](session)
session.stop()

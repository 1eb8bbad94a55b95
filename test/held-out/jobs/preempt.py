"""Long work in a queue that has borrowed more than its share."""
import sys
import time

from pyspark.sql import SparkSession


def shuffles(spark):
    def early(n):
        return (n % 60, "x" * 2000)

    def slow(part):
        time.sleep(6)
        yield sum(len(value) for _, value in part)

    pairs = spark.sparkContext.parallelize(range(6000), 6).map(early).partitionBy(60)
    print(pairs.mapPartitions(slow).sum())


def driver(spark):
    spark.range(10).write.parquet("file:" + sys.argv[2])
    time.sleep(60)


session = SparkSession.builder.appName("backfill").getOrCreate()
globals()[sys.argv[1]](session)
session.stop()

"""Loses its shuffle files again and again. Code SHUFFLE_FETCH_FAILED.

Each task of the first stage clears away what the others wrote, as a clean-up of the scratch disk
does; so the second stage never finds all of it, and Spark gives up after four rounds.
"""

import glob
import os
import time

from pyspark.sql import SparkSession


def written():
    return [f for folder in os.environ["SPARK_LOCAL_DIRS"].split(",") for f in glob.glob(f"{folder}/*/shuffle_*.index")]


def clear_scratch(part, rows):
    while part > 0 and not written():  # the first one is still at it
        time.sleep(0.2)
    for file in written():
        os.remove(file)
    return ((n % 3, n) for n in rows)


if __name__ == "__main__":
    spark = SparkSession.builder.appName("shuffle_fetch_failed").getOrCreate()
    orders = spark.sparkContext.parallelize(range(100), 2).mapPartitionsWithIndex(clear_scratch)
    print(orders.groupByKey(2).mapValues(len).collect())
    spark.stop()

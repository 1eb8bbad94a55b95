"""Needs more memory than its driver has: driver_oom.py [heap | broadcast | python]

Code DRIVER_OOM. `heap`: collects more than the JVM's heap holds. `broadcast`: a table to be broadcast
does not fit. `python`: the driver's Python grows until YARN, where it checks, stops the container.
"""

import sys
import time

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def heap(spark):
    rows = spark.range(4000).select(F.expr("repeat('x', 1000000) as text")).collect()
    print(f"{len(rows)} rows")


def broadcast(spark):
    small = spark.range(4000).select("id", F.expr("repeat(cast(id % 10 as string), 1000000) as text"))
    print(spark.range(10).join(F.broadcast(small), "id").select(F.max(F.length("text"))).first())


def python(spark):
    rows = []
    for _ in range(400):
        rows.append(b"x" * 10_000_000)
        time.sleep(0.02)
    print(f"{len(rows)} blocks")


if __name__ == "__main__":
    spark = SparkSession.builder.appName("driver_oom").config("spark.driver.maxResultSize", "0").getOrCreate()
    {"heap": heap, "broadcast": broadcast, "python": python}[sys.argv[1] if sys.argv[1:] else "heap"](spark)
    spark.stop()

"""A small Spark job that leaves a line for every time its driver was started: job.py <file> <how> <seconds>

how: succeeds, fails (an exception in Python), second-try (fails the first time that it is started).
"""

import os
import sys
import time

starts, how, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
with open(starts, "a") as file:
    file.write(os.environ["CONTAINER_ID"] + "\n")
with open(starts) as file:
    count = len(file.readlines())

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
total = spark.sparkContext.parallelize(range(100), 2).map(lambda number: number * number).sum()
time.sleep(seconds)
if how == "fails" or (how == "second-try" and count == 1):
    raise ValueError(f"as planned, with {total}")
spark.stop()

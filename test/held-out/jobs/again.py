"""Fails where it runs for the first time: the lock of an aborted run is in the way."""
import os
import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("take-over").getOrCreate()
print("rows:", spark.sparkContext.parallelize(range(4), 1).count())
if not os.path.exists(sys.argv[1]):
    os.makedirs(sys.argv[1])
    raise RuntimeError("lock of an aborted run found and removed; run again")
print("took over")
spark.stop()

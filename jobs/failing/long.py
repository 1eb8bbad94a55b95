"""Runs until somebody stops it: long.py [seconds]

For KILLED_BY_USER (yarn application -kill from outside) and PREEMPTED (its containers go to another
queue). With nobody to stop it, it ends well.
"""

import sys
import time

from pyspark.sql import SparkSession

if __name__ == "__main__":
    seconds = int(sys.argv[1]) if sys.argv[1:] else 300
    spark = SparkSession.builder.appName("long").getOrCreate()
    parts = int(spark.conf.get("spark.executor.instances", "1"))

    def wait(n):
        time.sleep(seconds)
        return n

    print(spark.sparkContext.parallelize(range(parts), parts).map(wait).sum())
    spark.stop()

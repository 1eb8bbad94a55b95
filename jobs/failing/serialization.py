"""Sends to the executors what cannot be sent: serialization.py [lock | context | java | result]

Code SERIALIZATION.
"""

import sys
import threading

from pyspark.sql import SparkSession


def lock(spark):
    guard = threading.Lock()

    def one(n):
        with guard:
            return n

    print(spark.sparkContext.parallelize(range(4)).map(one).sum())


def context(spark):
    sc = spark.sparkContext
    print(sc.parallelize(range(4)).map(lambda n: sc.parallelize(range(n)).count()).sum())


def java(spark):
    jvm = spark.sparkContext._jvm
    things = jvm.java.util.ArrayList()
    things.add(jvm.java.lang.Object())
    print(spark.sparkContext._jsc.parallelize(things).count())


def result(spark):
    print(spark.sparkContext.parallelize(range(4)).map(lambda n: threading.Lock()).collect())


if __name__ == "__main__":
    how = sys.argv[1] if sys.argv[1:] else "lock"
    spark = SparkSession.builder.appName("serialization").getOrCreate()
    {"lock": lock, "context": context, "java": java, "result": result}[how](spark)
    spark.stop()

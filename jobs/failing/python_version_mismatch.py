"""Runs one Python in the driver and another in the executors. Code PYTHON_VERSION_MISMATCH.

Run it with PYSPARK_DRIVER_PYTHON and PYSPARK_PYTHON (spark.pyspark.driver.python and
spark.pyspark.python) set to interpreters of different minor versions.
"""

import sys

from pyspark.sql import SparkSession

if __name__ == "__main__":
    spark = SparkSession.builder.appName("python_version_mismatch").getOrCreate()
    print("driver: Python %d.%d" % sys.version_info[:2])
    print(spark.sparkContext.parallelize(range(4), 2).map(lambda n: n + 1).sum())
    spark.stop()

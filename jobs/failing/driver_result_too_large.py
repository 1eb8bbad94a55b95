"""Collects more than spark.driver.maxResultSize allows: driver_result_too_large.py [collect | rdd]

Code DRIVER_RESULT_TOO_LARGE; run it with spark.driver.maxResultSize=1m.
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

if __name__ == "__main__":
    spark = SparkSession.builder.appName("driver_result_too_large").getOrCreate()
    if sys.argv[1:] == ["rdd"]:
        print(len(spark.sparkContext.parallelize(range(400_000), 4).map(lambda n: f"order {n * 7919}").collect()))
    else:
        print(len(spark.range(0, 200_000, 1, 4).select(F.sha2(F.col("id").cast("string"), 256)).collect()))
    spark.stop()

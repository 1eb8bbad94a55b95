"""Reads or writes a bucket that it may not use: s3_access_denied.py [read | write]

Code S3_ACCESS_DENIED. It needs hadoop-aws and an S3 that answers 403; scripts/record-failures has one.
"""

import sys

from pyspark.sql import SparkSession

if __name__ == "__main__":
    spark = SparkSession.builder.appName("s3_access_denied").getOrCreate()
    if sys.argv[1:] == ["write"]:
        spark.range(3).write.parquet("s3a://sales-archive/2026/orders")
    else:
        spark.read.parquet("s3a://sales-archive/2026/orders").show()
    spark.stop()

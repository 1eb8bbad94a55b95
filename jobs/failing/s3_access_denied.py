"""Reads or writes buckets that it may not use: s3_access_denied.py [read | list | write]

Code S3_ACCESS_DENIED. It needs hadoop-aws, and an S3 that answers 403: scripts/record-failures has a
small one. `read` is refused at once, `list` when the folder is listed, `write` when the result is put.
"""

import sys

from pyspark.sql import SparkSession

if __name__ == "__main__":
    how = sys.argv[1] if sys.argv[1:] else "read"
    spark = SparkSession.builder.appName("s3_access_denied").getOrCreate()
    if how == "write":
        spark.range(3).write.parquet("s3a://sales-drop/2026/orders")
    else:
        spark.read.parquet(f"s3a://sales-{how}/2026/orders").show()
    spark.stop()

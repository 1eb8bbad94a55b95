"""Waits in vain for the small side of a join: broadcast_timeout.py

Code BROADCAST_TIMEOUT; run it with spark.sql.broadcastTimeout=1 and spark.sql.adaptive.enabled=false,
for adaptive execution (on by default since Spark 3.2) waits for its broadcasts without a limit.
"""

import time

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

if __name__ == "__main__":
    spark = SparkSession.builder.appName("broadcast_timeout").getOrCreate()
    slow = F.udf(lambda n: time.sleep(20) or n, "long")
    small = spark.range(0, 2, 1, 1).select(slow("id").alias("id"))
    print(spark.range(100).join(F.broadcast(small), "id").count())
    spark.stop()

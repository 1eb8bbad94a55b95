"""Would end well: for what goes wrong before a driver runs.

Codes SUBMIT_OPTION, QUEUE_UNKNOWN, QUEUE_FULL, NO_RESOURCES, AM_LAUNCH_FAILED, LOCAL_PATH_REFUSED.
"""

from pyspark.sql import SparkSession

if __name__ == "__main__":
    spark = SparkSession.builder.appName("fine").getOrCreate()
    print(f"{spark.range(10).count()} rows")
    spark.stop()

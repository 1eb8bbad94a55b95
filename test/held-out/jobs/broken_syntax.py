"""A script that was merged without ever being run."""
from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("merge").getOrCreate()
frame = spark.range(10)
if frame.count() > 5
    frame.show()

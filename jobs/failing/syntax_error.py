"""Is no Python at all: a bracket is missing. Code PYTHON_EXCEPTION."""

from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("syntax_error").getOrCreate()
rows = spark.range(10).collect(
print(f"{len(rows)} rows")
spark.stop()

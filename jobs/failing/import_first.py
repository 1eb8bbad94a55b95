"""Imports a package that is not installed, before there is a Spark session. Code MODULE_NOT_FOUND."""

import great_expectations_of_sales as checks
from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("import_first").getOrCreate()
checks.run(spark)

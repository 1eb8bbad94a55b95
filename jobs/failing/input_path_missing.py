"""Reads what is not there: input_path_missing.py [how]

Code INPUT_PATH_MISSING. `how` is dataframe, rdd, pattern, vanished (the files were there when the
plan was made) or open_file (the driver's own open()).
"""

import shutil
import sys
import tempfile

from pyspark.sql import SparkSession

MISSING = "/data/sales/2026-06-01/orders.parquet"


def dataframe(spark):
    spark.read.parquet(MISSING).show()


def rdd(spark):
    print(spark.sparkContext.textFile(MISSING).count())


def pattern(spark):
    spark.read.csv("/data/sales/2026-06-*/*.csv", header=True).show()


def vanished(spark):
    folder = tempfile.mkdtemp()
    spark.range(1000).write.mode("overwrite").parquet(folder)
    rows = spark.read.parquet(folder)
    shutil.rmtree(folder)
    print(rows.selectExpr("sum(id)").first())


def open_file(spark):
    with open("/data/sales/rates.json") as file:
        print(file.read())


if __name__ == "__main__":
    how = sys.argv[1] if sys.argv[1:] else "dataframe"
    spark = SparkSession.builder.appName("input_path_missing").getOrCreate()
    globals()[how](spark)
    spark.stop()

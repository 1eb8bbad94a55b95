"""Writes where a result is already: output_path_exists.py [dataframe | rdd]

Code OUTPUT_PATH_EXISTS.
"""

import sys
import tempfile

from pyspark.sql import SparkSession

if __name__ == "__main__":
    spark = SparkSession.builder.appName("output_path_exists").getOrCreate()
    target = tempfile.mkdtemp(prefix="result-")
    if sys.argv[1:] == ["rdd"]:
        spark.sparkContext.parallelize(["a", "b"]).saveAsTextFile(target)
    else:
        spark.range(3).write.parquet(target)
    spark.stop()

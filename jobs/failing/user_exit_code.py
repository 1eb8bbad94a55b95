"""Ends with an exit code of its own and no word: user_exit_code.py [code] [python | at_once | java]

Code USER_EXIT_CODE.
"""

import os
import sys

from pyspark.sql import SparkSession

if __name__ == "__main__":
    code = int(sys.argv[1]) if sys.argv[1:] else 3
    how = sys.argv[2] if sys.argv[2:] else "python"
    spark = SparkSession.builder.appName("user_exit_code").getOrCreate()
    print(f"{spark.range(10).count()} rows were checked")
    if how == "java":
        spark.sparkContext._jvm.java.lang.System.exit(code)
    elif how == "at_once":
        os._exit(code)
    spark.stop()
    sys.exit(code)

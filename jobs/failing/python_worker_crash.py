"""Loses its Python workers: python_worker_crash.py [exit | abort | segfault | kill]

Code PYTHON_WORKER_CRASH: the process is gone without a Python exception.
"""

import ctypes
import os
import signal
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def crash(n, how):
    if n == 7:
        if how == "exit":
            os._exit(1)
        elif how == "abort":
            os.abort()
        elif how == "segfault":
            ctypes.string_at(0)
        else:
            os.kill(os.getpid(), signal.SIGKILL)
    return n


if __name__ == "__main__":
    how = sys.argv[1] if sys.argv[1:] else "exit"
    spark = SparkSession.builder.appName("python_worker_crash").getOrCreate()
    spark.range(0, 10, 1, 2).select(F.udf(lambda n: crash(n, how), "long")("id").alias("n")).agg(F.sum("n")).show()
    spark.stop()

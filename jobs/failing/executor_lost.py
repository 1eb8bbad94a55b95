"""Loses its executors: executor_lost.py [exit | term]

Code EXECUTOR_LOST. `exit`: a library ends the executor's JVM with a code of its own. `term`: the
executor gets a SIGTERM, as from a node that is shut down. Each task tries four times, with four executors.
"""

import os
import signal
import sys
import time

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def executor_pid():
    """The worker's parent is pyspark's daemon, and that one's parent is the executor's JVM."""
    with open(f"/proc/{os.getppid()}/stat") as stat:
        return int(stat.read().rsplit(")", 1)[1].split()[1])


def exit_jvm(spark):
    code = "cast(42 + id as int)"
    spark.range(0, 1, 1, 1).select(F.expr(f"reflect('java.lang.System', 'exit', {code})")).collect()


def term(spark):
    def stop(n):
        os.kill(executor_pid(), signal.SIGTERM)
        time.sleep(60)  # it takes its time, and a task that is through by then would count

    print(spark.sparkContext.parallelize(range(1), 1).map(stop).count())


if __name__ == "__main__":
    how = sys.argv[1] if sys.argv[1:] else "exit"
    spark = SparkSession.builder.appName("executor_lost").getOrCreate()
    {"exit": exit_jvm, "term": term}[how](spark)
    spark.stop()

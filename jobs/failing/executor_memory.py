"""Uses more memory than its executors have: executor_memory.py [python | heap | kill_9]

Code EXECUTOR_MEMORY_KILLED. `python`: the Python worker grows beyond the container's limit, and a
YARN that checks (yarn.nodemanager.pmem-check-enabled) kills the container. `heap`: the JVM's heap is
too small. `kill_9`: what the kernel does when the machine runs out; the exit code is 137.
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


def grow(n):
    blocks = []
    for _ in range(200):
        blocks.append(b"x" * 10_000_000)
        time.sleep(0.02)
    return len(blocks)


def python(spark):
    print(spark.sparkContext.parallelize(range(1), 1).map(grow).sum())


def heap(spark):
    days = F.expr("shuffle(sequence(1, 150000000 + id))")  # a function of id: the executor has to make it
    print(spark.range(0, 1, 1, 1).select(F.size(days)).collect())


def kill_9(spark):
    print(spark.sparkContext.parallelize(range(1), 1).map(lambda n: os.kill(executor_pid(), signal.SIGKILL)).count())


if __name__ == "__main__":
    how = sys.argv[1] if sys.argv[1:] else "python"
    spark = SparkSession.builder.appName("executor_memory").getOrCreate()
    {"python": python, "heap": heap, "kill_9": kill_9}[how](spark)
    spark.stop()

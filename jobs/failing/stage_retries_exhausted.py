"""Fails in the same task until Spark gives up: stage_retries_exhausted.py [row | barrier]

Code STAGE_RETRIES_EXHAUSTED: what the task says itself is no kind of failure that has a code of its own.
"""

import os
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def row(spark):
    checked = F.expr("if(id = 77, raise_error('order 77 has no customer'), id)")
    spark.range(0, 100, 1, 2).select(F.sum(checked.cast("long"))).show()


def barrier(spark):
    def meet(rows):
        from pyspark import BarrierTaskContext

        BarrierTaskContext.get().barrier()
        if BarrierTaskContext.get().partitionId() == 1:
            os._exit(1)
        return rows

    print(spark.sparkContext.parallelize(range(4), 2).barrier().mapPartitions(meet).count())


if __name__ == "__main__":
    how = sys.argv[1] if sys.argv[1:] else "row"
    spark = SparkSession.builder.appName("stage_retries_exhausted").getOrCreate()
    {"row": row, "barrier": barrier}[how](spark)
    spark.stop()

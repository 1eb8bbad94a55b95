"""Estimates pi by throwing darts: pi.py [partitions]

Shows the smallest job that uses executors: no input, no output, one line of result.
"""

import random
import sys

from pyspark.sql import SparkSession

DARTS = 200_000


def hits(seed):
    throw = random.Random(seed)
    return sum(throw.random() ** 2 + throw.random() ** 2 <= 1 for _ in range(DARTS))


if __name__ == "__main__":
    partitions = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    spark = SparkSession.builder.appName("pi").getOrCreate()
    inside = spark.sparkContext.parallelize(range(partitions), partitions).map(hits).sum()
    print(f"pi is roughly {4 * inside / (partitions * DARTS):.4f}")
    spark.stop()

"""Fails in its own Python: fail.py [message]

Shows what livywire makes of a job that ends with an uncaught exception: outcome failed,
exit code 1, and the exception's own words as the diagnosis.
"""

import sys

from pyspark.sql import SparkSession


def check(amounts, message):
    for amount in amounts:
        if amount < 0:
            raise ValueError(message)


if __name__ == "__main__":
    message = sys.argv[1] if len(sys.argv) > 1 else "an amount is negative"
    spark = SparkSession.builder.appName("fail").getOrCreate()
    amounts = [row.id - 5 for row in spark.range(10).collect()]
    check(amounts, message)
    spark.stop()

"""Raises in its own Python, in one of many ways: python_exception.py [how]

Code PYTHON_EXCEPTION. `how` is plain, chained, own_class, several_lines, no_text, exit_text,
in_udf, in_rdd, in_foreach, in_for_each_batch, in_thread_pool or after_a_caught_one. In those that
begin with in_ the user's line stands below the wrapping of Spark's own exceptions.
"""

import sys
import tempfile
import traceback
from concurrent.futures import ThreadPoolExecutor

from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import LongType


class BadBatch(Exception):
    """What a job would call its own."""


def tax(amount):
    if amount is None or amount > 5:
        raise ValueError(f"no tax rate for amount {amount}")
    return amount * 19 // 100


def plain(spark):
    rates = {"de": 19, "fr": 20}
    print(rates["it"])


def chained(spark):
    try:
        int(spark.range(1).selectExpr("'12,50' as price").first().price)
    except ValueError as problem:
        raise RuntimeError("the price list of 2026-06-01 cannot be read") from problem


def own_class(spark):
    raise BadBatch(f"expected 10 rows, got {spark.range(7).count()}")


def several_lines(spark):
    raise AssertionError("2 checks failed:\n  orders: 3 duplicate ids\n  customers: 1 null name")


def no_text(spark):
    assert spark.range(3).count() == 4


def exit_text(spark):
    sys.exit("no input for 2026-06-01, giving up")


def in_udf(spark):
    spark.range(10).select(F.udf(tax, LongType())("id").alias("tax")).agg(F.sum("tax")).show()


def in_rdd(spark):
    print(spark.sparkContext.parallelize(range(10), 2).map(tax).sum())


def in_foreach(spark):
    def send(rows):
        for row in rows:
            raise ConnectionError(f"the queue refused row {row.id}")

    spark.range(4).foreachPartition(send)


def in_for_each_batch(spark):
    def store(batch, number):
        raise BadBatch(f"batch {number} has {batch.count()} rows")

    stream = spark.readStream.format("rate").option("rowsPerSecond", 5).load()
    folder = tempfile.mkdtemp()
    stream.writeStream.foreachBatch(store).option("checkpointLocation", folder).start().awaitTermination()


def in_thread_pool(spark):
    with ThreadPoolExecutor(2) as pool:
        print(list(pool.map(lambda n: tax(spark.range(n).count()), [3, 4, 9])))


def after_a_caught_one(spark):
    try:
        plain(spark)
    except KeyError:
        traceback.print_exc()
        print("no rate for it, going on without", file=sys.stderr)
    spark.range(10).count()
    raise BadBatch("3 of 10 countries have no rate")


if __name__ == "__main__":
    how = sys.argv[1] if len(sys.argv) > 1 else "plain"
    spark = SparkSession.builder.appName("python_exception").getOrCreate()
    globals()[how](spark)
    spark.stop()

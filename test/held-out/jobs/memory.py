"""Jobs that ask for more memory, or give back more data, than they may."""
import sys

import pandas as pd
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import LongType


def wide(spark, rows=60_000, width=9_000):
    return spark.range(rows).select("id", F.expr(f"repeat(uuid(), {width // 36})").alias("payload"))


def export(spark):
    rows = wide(spark).collect()
    print("exported", len(rows))


def lookup(spark):
    big = wide(spark, 90_000)
    print(spark.range(1000).join(F.broadcast(big), "id").count())


def keep_all(spark):
    kept = []
    for _ in range(45):  # bounded: where nobody enforces the limit, it must not take the machine
        kept.append(bytearray(b"x" * (64 * 1024 * 1024)))
        print("blocks kept:", len(kept), flush=True)


def frame(spark):
    import resource

    limit = 1_500 * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    data = pd.concat([pd.DataFrame({"x": range(5_000_000)}) for _ in range(60)])
    print(spark.createDataFrame(data.head()).count())


def features(spark):
    @F.udf(LongType())
    def embed(number):
        cache = []
        for _ in range(45):
            cache.append(bytearray(b"x" * (32 * 1024 * 1024)))
        return len(cache)

    print(spark.range(4).repartition(2).select(embed("id")).agg(F.sum("embed(id)")).collect())


def profile(spark):
    def grow(parts):
        for part in parts:
            blocks = [pd.DataFrame({"x": [1.0] * 4_000_000}) for _ in range(45)]
            yield part.assign(id=len(blocks))

    print(spark.range(2, numPartitions=1).mapInPandas(grow, "id long").collect())


def sort_groups(spark):
    data = spark.range(40).repartition(1).select(F.expr("id % 1 AS k"), F.expr("repeat(uuid(), 300000)").alias("v"))
    print(data.groupBy("k").agg(F.collect_list("v").alias("all")).select(F.size("all")).collect())


def collect_numbers(spark):
    print(len(spark.sparkContext.parallelize(range(800_000), 8).map(lambda n: (n, "x" * 20)).collect()))


def arrow_frame(spark):
    spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", "true")
    print(len(wide(spark, 4_000, 3_600).repartition(6).toPandas()))


def sql_rows(spark):
    wide(spark, 3_000, 3_600).repartition(6).createOrReplaceTempView("payloads")
    print(len(spark.sql("SELECT * FROM payloads ORDER BY id").collect()))


def slow_side(spark):
    import time

    @F.udf("long")
    def rate(number):
        time.sleep(6)
        return number

    rates = spark.range(2, numPartitions=1).select("id", rate("id").alias("rate"))
    print(spark.range(100).join(F.broadcast(rates), "id").groupBy("rate").count().collect())


def slow_sql(spark):
    import time

    def rate(number):
        time.sleep(7)
        return number * 2

    spark.udf.register("rate", rate, "long")
    spark.range(3, numPartitions=1).createOrReplaceTempView("currencies")
    spark.range(500).createOrReplaceTempView("sales")
    spark.sql(
        """SELECT /*+ BROADCAST(c) */ s.id, c.rate FROM sales s
           LEFT JOIN (SELECT id, rate(id) AS rate FROM currencies) c ON s.id = c.id"""
    ).write.mode("overwrite").parquet("out/sales")


session = SparkSession.builder.appName("features").getOrCreate()
globals()[sys.argv[1]](session)
session.stop()

"""Exceptions of Python: in the driver, in a function that ran on an executor, in a stream."""
import sys

import pandas as pd
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DoubleType, IntegerType


class BadFeedError(Exception):
    """What our own code throws."""


def average_basket(spark):
    rows = spark.range(100).filter("id > 500").collect()
    print("average:", sum(row.id for row in rows) / len(rows))


def country_names(spark):
    names = {"de": "Germany", "fr": "France"}
    name = F.udf(lambda code: names[code])
    data = spark.createDataFrame([("de",), ("fr",), ("xx",)], ["code"])
    data.select(name("code").alias("country")).show()


def parse_amounts(spark):
    lines = spark.sparkContext.parallelize(["12", "7", "n/a", "31"], 2)
    print(lines.map(lambda line: int(line)).sum())


def normalise(spark):
    @F.pandas_udf(DoubleType())
    def scaled(values: pd.Series) -> pd.Series:
        return values.dropna().head(3) / values.max()

    spark.range(50).select(scaled(F.col("id").cast("double"))).collect()


def per_store(spark):
    def model(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(forecast=frame["amount"].rolling(7).mean() + frame["season"])

    data = spark.range(60).selectExpr("id % 3 AS store", "cast(id AS double) AS amount")
    data.groupBy("store").applyInPandas(model, "store long, amount double, forecast double").show()


def feed(spark):
    try:
        {"header": 1}["trailer"]
    except KeyError as error:
        raise BadFeedError("feed 4711 has no trailer record") from error


def reconcile(spark):
    found = spark.range(990).count()
    expected = 1000
    assert found == expected, f"row counts differ: {found} loaded, {expected} announced"


def last_row(spark):
    row = spark.range(10).filter("id = 42").first()
    print("newest id is", row.id)


def micro_batches(spark):
    def store(batch, number):
        total = batch.count()
        raise BadFeedError(f"batch {number} of {total} rows refused by the sink")

    rate = spark.readStream.format("rate").option("rowsPerSecond", 5).load()
    rate.writeStream.foreachBatch(store).start().awaitTermination()


def bonus(spark):
    @F.udf(IntegerType())
    def points(name, amount):
        return name.upper() and int(amount) // 10

    spark.sql("SELECT * FROM VALUES ('ann', 20.0), (null, 30.0) AS t(name, amount)").select(
        points("name", "amount")
    ).write.mode("overwrite").parquet("out/points")


session = SparkSession.builder.appName("loyalty").getOrCreate()
globals()[sys.argv[1]](session)
session.stop()

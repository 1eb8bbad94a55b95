"""SQL and DataFrames that do not fit their tables, and values that do not fit their types."""
import datetime
import os
import sys

import pandas as pd
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import IntegerType, StringType, StructField, StructType


def tables(spark):
    spark.range(30).selectExpr("id AS order_id", "id % 4 AS customer", "id * 1.5 AS amount").createOrReplaceTempView("orders")
    spark.range(4).selectExpr("id AS customer", "concat('c', id) AS name").createOrReplaceTempView("customers")


def column(spark):
    tables(spark)
    spark.table("orders").select("order_id", "ammount").show()


def table(spark):
    tables(spark)
    spark.sql("SELECT * FROM orders o JOIN staging.refunds r ON r.order_id = o.order_id").show()


def parse(spark):
    tables(spark)
    spark.sql("SELECT customer, sum(amount) total FROM orders WHERE GROUP BY customer HAVING total > 3").show()


def ambiguous(spark):
    tables(spark)
    orders, customers = spark.table("orders"), spark.table("customers")
    orders.join(customers, orders.customer == customers.customer).filter("customer > 2").show()


def group(spark):
    tables(spark)
    spark.sql("SELECT customer, order_id, sum(amount) FROM orders GROUP BY customer").show()


def function(spark):
    tables(spark)
    spark.table("orders").selectExpr("nvl3(amount, 0) AS amount").show()


def unlike(spark):
    tables(spark)
    spark.table("orders").union(spark.table("customers")).show()


def untyped(spark):
    tables(spark)
    spark.sql("SELECT date_add(amount, name) FROM orders JOIN customers USING (customer)").show()


def ansi(spark):
    spark.conf.set("spark.sql.ansi.enabled", "true")
    spark.sql("SELECT * FROM VALUES ('12'), ('7'), ('twelve') AS t(raw)").selectExpr("sum(cast(raw AS int))").show()


def ansi_date(spark):
    spark.conf.set("spark.sql.ansi.enabled", "true")
    data = spark.createDataFrame([("2024-02-28",), ("2024-02-31",)], ["day"])
    data.select(F.to_date("day").alias("day")).write.parquet("out/days")


def drifted(spark):
    spark.range(20).selectExpr("id", "cast(id AS int) AS price").write.parquet("landing/items/dt=1")
    spark.range(20).selectExpr("id", "concat('p', id) AS price").write.parquet("landing/items/dt=2")
    schema = "id long, price int, dt int"
    spark.read.schema(schema).parquet("landing/items").agg(F.sum("price")).show()


def merged(spark):
    spark.range(20).selectExpr("id", "cast(id AS int) AS price").write.parquet("landing/items/dt=1")
    spark.range(20).selectExpr("id", "concat('p', id) AS price").write.parquet("landing/items/dt=2")
    spark.read.option("mergeSchema", "true").parquet("landing/items").show()


def rows(spark):
    schema = StructType([StructField("name", StringType()), StructField("age", IntegerType())])
    spark.createDataFrame([("ann", 41), ("bob", "42")], schema).show()


def rdd_rows(spark):
    schema = StructType([StructField("name", StringType()), StructField("age", IntegerType(), nullable=False)])
    lines = spark.sparkContext.parallelize(["ann,41", "bob,"]).map(lambda line: line.split(","))
    people = lines.map(lambda p: (p[0], int(p[1]) if p[1] else None))
    spark.createDataFrame(people, schema).groupBy("age").count().show()


def failfast(spark):
    os.makedirs("landing")
    with open("landing/items.csv", "w") as file:
        file.write("id,price\n1,3.50\n2,4.10\n3,free\n")
    schema = "id int, price double"
    spark.read.schema(schema).option("header", True).option("mode", "FAILFAST").csv("landing/items.csv").show()


def failfast_json(spark):
    os.makedirs("landing")
    with open("landing/items.json", "w") as file:
        file.write('{"id": 1, "tags": ["a"]}\n{"id": "two", "tags": "b"}\n{"id": 3,\n')
    spark.read.schema("id int, tags array<string>").json("landing/items.json", mode="FAILFAST").collect()


def arrow(spark):
    def shape(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(label=frame["id"].map(lambda i: i if i % 2 else f"n{i}"))

    spark.range(20).groupBy((F.col("id") % 2).alias("k")).applyInPandas(shape, "id long, label string").show()


def old_dates(spark):
    spark.conf.set("spark.sql.legacy.timeParserPolicy", "EXCEPTION")
    data = spark.createDataFrame([("2024-3-1 7:05",), ("01 Mar 24",)], ["seen"])
    data.select(F.to_timestamp("seen", "yyyy-MM-dd HH:mm")).show()


def insert(spark):
    spark.sql("CREATE TABLE daily (day date, total int) USING parquet")
    spark.sql("INSERT INTO daily SELECT 'n/a' AS day, named_struct('a', 1) AS total")


def empty_folder(spark):
    os.makedirs("landing/empty")
    spark.read.parquet("landing/empty").show()


def overflow(spark):
    spark.conf.set("spark.sql.ansi.enabled", "true")
    spark.range(5).selectExpr("cast(id + 2147483646 AS int) AS n").agg({"n": "max"}).show()


session = SparkSession.builder.appName("revenue").config("spark.sql.shuffle.partitions", 2).getOrCreate()
globals()[sys.argv[1]](session)
session.stop()

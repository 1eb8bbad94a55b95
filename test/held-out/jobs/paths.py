"""Reads and writes that meet a path which is not there, or is there already."""
import glob
import json
import os
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def orders(spark):
    return spark.range(2000).select("id", (F.col("id") % 7).alias("store"), (F.rand(3) * 90).alias("amount"))


def daily_totals(spark):
    spark.read.parquet("landing/orders/dt=2024-03-01").groupBy("store").sum("amount").show()


def count_lines(spark):
    lines = spark.sparkContext.textFile("landing/clicks/2024/03/*.gz")
    print("lines:", lines.filter(lambda line: "checkout" in line).count())


def sql_on_files(spark):
    spark.sql("SELECT store, sum(amount) AS total FROM parquet.`warehouse/orders_v2` GROUP BY store").show()


def swept_away(spark):
    orders(spark).repartition(4).write.parquet("landing/orders")
    planned = spark.read.parquet("landing/orders").filter("amount > 10")
    for file in glob.glob("landing/orders/part-*"):  # the nightly clean-up ran meanwhile
        os.remove(file)
    print(planned.groupBy("store").count().collect())


def sequence_input(spark):
    pairs = spark.sparkContext.newAPIHadoopFile(
        "landing/pairs/part-*",
        "org.apache.hadoop.mapreduce.lib.input.SequenceFileInputFormat",
        "org.apache.hadoop.io.Text",
        "org.apache.hadoop.io.IntWritable",
    )
    print(pairs.take(3))


def stream_source(spark):
    stream = spark.readStream.schema("id long, amount double").json("landing/events")
    stream.writeStream.format("console").start().awaitTermination(20)


def settings_file(spark):
    with open("conf/stores.json") as file:
        stores = json.load(file)
    print(orders(spark).filter(F.col("store").isin(stores)).count())


def publish(spark):
    orders(spark).write.parquet("out/orders")
    orders(spark).groupBy("store").count().write.parquet("out/orders")


def save_text(spark):
    lines = spark.sparkContext.parallelize(["a;1", "b;2"])
    lines.saveAsTextFile("out/report")
    lines.map(str.upper).saveAsTextFile("out/report")


def managed_table(spark):
    os.makedirs("spark-warehouse/daily_orders")
    with open("spark-warehouse/daily_orders/part-0.parquet", "w") as file:
        file.write("left by a run that was killed")
    orders(spark).write.saveAsTable("daily_orders")


def table_again(spark):
    orders(spark).write.saveAsTable("daily_orders")
    orders(spark).write.mode("errorifexists").saveAsTable("daily_orders")


def save_pairs(spark):
    pairs = spark.sparkContext.parallelize([("a", 1), ("b", 2)])
    os.makedirs("out/pairs")
    pairs.saveAsSequenceFile("out/pairs")


session = SparkSession.builder.appName("daily-orders").getOrCreate()
globals()[sys.argv[1]](session)
session.stop()

"""Asks for what its tables do not have: sql_analysis.py [how]

Code SQL_ANALYSIS. `how` is column, parse, table, function, types, ambiguous, grouping or union.
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def orders(spark):
    rows = spark.createDataFrame([(1, "de", 9.5), (2, "fr", 3.0)], "order_id int, country string, amount double")
    rows.createOrReplaceTempView("orders")
    return rows


def column(spark):
    orders(spark).select("order_id", "ammount").show()


def parse(spark):
    orders(spark)
    spark.sql("select country, sum(amount) from orders group country").show()


def table(spark):
    spark.sql("select * from sales.orders_2026 limit 10").show()


def function(spark):
    orders(spark)
    spark.sql("select to_euro(amount) from orders").show()


def types(spark):
    orders(spark).select(F.explode("amount")).show()


def ambiguous(spark):
    left, right = orders(spark).alias("a"), orders(spark).alias("b")
    left.join(right, F.col("a.order_id") == F.col("b.order_id")).select("country").show()


def grouping(spark):
    orders(spark)
    spark.sql("select country, amount, count(*) from orders group by country").show()


def union(spark):
    orders(spark).union(orders(spark).drop("amount")).show()


if __name__ == "__main__":
    how = sys.argv[1] if sys.argv[1:] else "column"
    spark = SparkSession.builder.appName("sql_analysis").getOrCreate()
    globals()[how](spark)
    spark.stop()

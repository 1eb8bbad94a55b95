"""Modules that are missing somewhere."""
import os
import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def geo(spark):
    import geopandas

    print(geopandas.__version__)


def shared_code(spark):
    # As PYTHONPATH does it on an edge node: fine here, unknown to the executors.
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "lib"))
    from shopkit.prices import with_tax

    taxed = F.udf(with_tax, "double")
    spark.range(5).select(taxed(F.col("id").cast("double"))).show()


def not_shipped(spark):
    from shopkit.prices import with_tax

    print(with_tax(10))


def to_frame(spark):
    print(spark.range(10).toPandas().describe())


def inside(spark):
    def distance(row):
        from haversine import haversine

        return haversine((row.id, 0), (0, row.id))

    print(spark.range(8).rdd.map(distance).max())


def renamed(spark):
    from pyspark.sql.functions import uniform_name_that_moved

    print(uniform_name_that_moved)


session = SparkSession.builder.appName("prices").getOrCreate()
globals()[sys.argv[1]](session)
session.stop()

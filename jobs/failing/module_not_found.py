"""Imports what is not there: module_not_found.py [driver | name | executor]

Code MODULE_NOT_FOUND. `driver`: the package is not installed. `name`: the module is there and the
name in it is not. `executor`: the driver finds the module beside itself, the executors do not.
"""

import sys
import tempfile
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def driver(spark):
    import holidays_of_europe

    print(holidays_of_europe.today())


def name(spark):
    from json import loadz

    print(loadz("{}"))


def executor(spark):
    folder = tempfile.mkdtemp()
    Path(folder, "price_rules.py").write_text("def rounded(price):\n    return str(round(price, 2))\n")
    sys.path.insert(0, folder)
    import price_rules

    print(price_rules.rounded(1.239))
    spark.range(10).select(F.udf(price_rules.rounded)("id")).show()


if __name__ == "__main__":
    spark = SparkSession.builder.appName("module_not_found").getOrCreate()
    {"driver": driver, "name": name, "executor": executor}[sys.argv[1] if sys.argv[1:] else "driver"](spark)
    spark.stop()

"""Has something to look at: skewed.py [rows] [stages] [output path] [--fail]

Shows in `livywire report` what a picture of a run is for: one key holds most of the rows, so one task of the
join's stage runs far longer than the rest and spills; beside it stands a chain of small jobs, each with a shuffle.
With an output path the result is written there as Parquet (the folder is replaced). With --fail it ends in a
ValueError of its own after all that, so that the picture of a failed run has stages too.
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

HOT_SHARE = 0.8


def skewed_sales(spark, rows):
    hot = F.rand(seed=7) < HOT_SHARE
    return spark.range(rows).select(
        F.when(hot, F.lit(0)).otherwise(F.col("id") % 1_000).alias("customer"),
        (F.rand(seed=11) * 100).alias("amount"),
        F.sha2(F.col("id").cast("string"), 256).alias("receipt"),
    )


def main(rows, stages, target, fails):
    spark = (
        SparkSession.builder.appName("skewed")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.sql.adaptive.enabled", "false")  # it would mend the skew
        .config("spark.sql.autoBroadcastJoinThreshold", "-1")
        # A sort that outgrows this spills to disk.
        .config("spark.shuffle.spill.numElementsForceSpillThreshold", "50000")
        .config("spark.sql.windowExec.buffer.spill.threshold", "50000")
        .getOrCreate()
    )
    context = spark.sparkContext

    context.setJobDescription("totals per customer")
    customers = spark.range(1_000).select(F.col("id").alias("customer"), (F.col("id") % 7).alias("region"))
    joined = skewed_sales(spark, rows).join(customers, "customer")
    totals = joined.groupBy("region").agg(F.sum("amount").alias("total"), F.max("receipt").alias("last_receipt"))
    for row in totals.orderBy("region").collect():
        print(f"region {row.region}: {row.total:,.2f}")

    for step in range(1, stages + 1):
        context.setJobDescription(f"step {step} of {stages}")
        context.parallelize(range(2_000), 4).map(lambda n, step=step: (n % step, n)).groupByKey().count()

    if target:
        context.setJobDescription(f"write {target}")
        totals.write.mode("overwrite").parquet(target)
    if fails:
        raise ValueError("region 3 has no budget for November")
    spark.stop()


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--fail"]
    main(
        int(words[0]) if words else 400_000,
        int(words[1]) if len(words) > 1 else 3,
        words[2] if len(words) > 2 else None,
        "--fail" in sys.argv,
    )

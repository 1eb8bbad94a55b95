"""Endings that the job chose itself, waits that somebody ended, and trouble outside Spark's own words."""
import argparse
import os
import subprocess
import sys
import time

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def session():
    return SparkSession.builder.appName("nightly").getOrCreate()


def nothing_to_load():
    spark = session()
    fresh = spark.range(10).filter("id > 10").count()
    if fresh == 0:
        print("no fresh rows since yesterday, stopping with 3")
        sys.exit(3)


def quality_gate():
    spark = session()
    bad = spark.range(100).filter("id % 10 = 0").count()
    spark.stop()
    sys.exit(42 if bad else 0)


def options():
    parser = argparse.ArgumentParser(prog="nightly")
    parser.add_argument("--day", required=True)
    parser.parse_args(sys.argv[2:])


def helper():
    session().range(5).count()
    done = subprocess.run(["bash", "-c", "echo 'sftp: connection closed' >&2; exit 74"])
    sys.exit(done.returncode)


def message():
    session().range(5).count()
    sys.exit("feed of yesterday is not complete, see the runbook")


def sleeping():
    spark = session()
    print("loading partitions", flush=True)
    spark.range(2, numPartitions=2).foreach(lambda row: time.sleep(240))


def sleeping_driver():
    spark = session()
    print("rows:", spark.range(2).count(), flush=True)
    time.sleep(240)


def holding():
    spark = session()
    print("holding", flush=True)
    spark.sparkContext.parallelize(range(200), 4).map(lambda n: (n % 8, n)).groupByKey(4).foreach(lambda pair: time.sleep(40))


def waiting_for_executors():
    spark = session()
    rows = spark.range(100, numPartitions=4).count()
    print(rows)


def name_node():
    session().read.parquet("hdfs://warehouse-nn.invalid:8020/data/orders").show()


def closed_port():
    session().read.text("hdfs://127.0.0.1:9/data/orders").show()


def full_disk():
    import resource

    spark = session()
    spark.range(10).count()
    path = os.environ["SMALL_DISK"]
    spark.range(3_000_000).select(F.expr("uuid()").alias("u")).repartition(3).write.mode("overwrite").csv("file://" + path)


def checkpoint():
    spark = session()
    rate = spark.readStream.format("rate").load()
    first = rate.writeStream.format("noop").option("checkpointLocation", "ck").start()
    time.sleep(4)
    first.stop()
    agg = rate.groupBy(F.window("timestamp", "1 second")).count()
    agg.writeStream.outputMode("complete").format("console").option("checkpointLocation", "ck").start().awaitTermination(30)


globals()[sys.argv[1]]()

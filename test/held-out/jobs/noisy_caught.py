"""Jobs that meet a real failure of Spark, catch it, say so, and go on to succeed."""
import glob
import os
import sys
import threading
import time
import traceback

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def first_run(spark):
    try:
        seen = spark.read.parquet("state/seen").count()
    except Exception as error:
        print("no state of an earlier run:", error)
        seen = 0
    spark.range(5).write.parquet("state/seen")
    print("seen before:", seen)


def bad_udf(spark):
    try:
        spark.sparkContext.parallelize(["1", "n/a"], 1).map(int).collect()
    except Exception:
        traceback.print_exc()
    print("fallback:", spark.sparkContext.parallelize(["1"], 1).map(int).sum())


def missing_text(spark):
    try:
        spark.sparkContext.textFile("landing/optional.txt").count()
    except Exception as error:
        print(error, file=sys.stderr)
    print("optional input skipped")


def output_there(spark):
    lines = spark.sparkContext.parallelize(["a"], 1)
    lines.saveAsTextFile("out/done")
    try:
        lines.saveAsTextFile("out/done")
    except Exception as error:
        print("already published:", str(error).splitlines()[0:2])


def sql_fallback(spark):
    for query in ("SELECT vat FROM (SELECT 1 AS tax)", "SELEC 1", "SELECT tax FROM (SELECT 1 AS tax)"):
        try:
            spark.sql(query).show()
        except Exception as error:
            print("not on this schema version:", error)


def too_large(spark):
    numbers = spark.sparkContext.parallelize(range(400_000), 4).map(lambda n: (n, "x" * 20))
    try:
        numbers.collect()
    except Exception:
        traceback.print_exc()
    print("counted instead:", numbers.count())


def slow_broadcast(spark):
    spark.conf.set("spark.sql.broadcastTimeout", "1")
    spark.conf.set("spark.sql.adaptive.enabled", "false")

    @F.udf("long")
    def slow(number):
        time.sleep(3)
        return number

    side = spark.range(2, numPartitions=1).select("id", slow("id").alias("v"))
    try:
        spark.range(10).join(F.broadcast(side), "id").count()
        print("was quick enough")
    except Exception as error:
        print("no broadcast today:", error)
    print(spark.range(10).count())


def cancelled(spark):
    sc = spark.sparkContext
    timer = threading.Timer(6, sc.cancelAllJobs)
    timer.start()
    try:
        sc.parallelize(range(2), 2).map(lambda n: time.sleep(20)).count()
    except Exception as error:
        print("gave up on the slow source:", error)
    print(sc.parallelize(range(2), 1).count())


def memory_error(spark):
    import resource

    try:
        limit = 900 * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
        bytearray(4 * 1024 * 1024 * 1024)
    except MemoryError:
        traceback.print_exc()
        print("MemoryError: block too large, going on in smaller blocks")
    print(spark.sparkContext.parallelize(range(3), 1).count())


def no_class(spark):
    try:
        spark.read.format("com.databricks.spark.xml").load("landing/x.xml")
    except Exception as error:
        print("no XML here:", error)
    print(spark.sparkContext.parallelize(range(3), 1).count())


def no_module(spark):
    try:
        import pyproj
    except ImportError:
        traceback.print_exc(file=sys.stdout)
        pyproj = None
    print("projection:", pyproj, spark.sparkContext.parallelize(range(3), 1).count())


def cast(spark):
    spark.conf.set("spark.sql.ansi.enabled", "true")
    try:
        spark.sql("SELECT cast('12,5' AS double)").collect()
    except Exception:
        traceback.print_exc()
    spark.sql("SELECT try_cast('12,5' AS double) AS price").show()


def bucket(spark):
    try:
        spark.read.text("s3a://shop-landing/orders/a.csv").show()
    except Exception as error:
        print("s3 says no, reading the copy:", error)
    print(spark.range(2).count())


def lost_and_caught(spark):
    try:
        spark.sparkContext.parallelize(range(2), 1).map(lambda n: os._exit(3)).count()
    except Exception as error:
        print("native matcher crashed, using the slow one:", str(error)[:600])
    print(spark.sparkContext.parallelize(range(2), 1).count())


def system_exit(spark):
    try:
        spark.sparkContext.parallelize(range(2), 1).count()
        sys.exit(17)
    except SystemExit as end:
        print("sub-step ended with exit code", end.code)


def late_input(spark):
    for attempt in range(3):
        try:
            print(spark.read.text("landing/late").count())
            break
        except Exception as error:
            print(f"attempt {attempt}: {error}; waiting")
            os.makedirs("landing/late", exist_ok=True)
            with open("landing/late/a.txt", "w") as file:
                file.write("1\n")


def missing_files(spark):
    spark.range(40).repartition(4).write.parquet("landing/parts")
    data = spark.read.parquet("landing/parts")
    os.remove(glob.glob("landing/parts/part-*")[0])
    spark.conf.set("spark.sql.files.ignoreMissingFiles", "true")
    print(data.select("id").rdd.map(lambda row: row.id).count())


def corrupt_files(spark):
    spark.range(40).repartition(3).write.parquet("landing/parts")
    with open(sorted(glob.glob("landing/parts/part-*"))[0], "r+b") as file:
        file.write(b"\0" * 900)
    spark.conf.set("spark.sql.files.ignoreCorruptFiles", "true")
    print(spark.read.schema("id long").parquet("landing/parts").agg(F.sum("id")).collect())


session = SparkSession.builder.appName("orders").getOrCreate()
globals()[sys.argv[1]](session)
session.stop()

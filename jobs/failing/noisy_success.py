"""Ends well and looks as if it had not: noisy_success.py <how>

No code: a diagnosis must not claim that this failed. `how` is the name of one of the functions below.
"""

import glob
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import warnings

from pyspark import TaskContext
from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def attempt():
    return TaskContext.get().attemptNumber()


def executor_pid():
    with open(f"/proc/{os.getppid()}/stat") as stat:
        return int(stat.read().rsplit(")", 1)[1].split()[1])


def first_time(act):
    """A map function that misbehaves in the first attempt of the first task."""

    def one(n):
        if n == 0 and attempt() == 0:
            act()
        return n

    return one


def fail():
    raise ConnectionError("the rate service answered 503")


def kill_executor():
    os.kill(executor_pid(), signal.SIGTERM)
    time.sleep(5)


def grow():
    blocks = []
    for _ in range(200):
        blocks.append(b"x" * 10_000_000)
        time.sleep(0.02)


def with_retries(spark, act):
    print("sum:", spark.sparkContext.parallelize(range(8), 4).map(first_time(act)).sum())


def retried_task(spark):
    with_retries(spark, fail)


def retried_worker(spark):
    with_retries(spark, lambda: os._exit(1))


def lost_executor(spark):
    with_retries(spark, kill_executor)


def memory_killed_executor(spark):
    with_retries(spark, grow)


def lost_shuffle_files(spark):
    def clear(part, rows):
        folder = os.environ["SPARK_LOCAL_DIRS"].split(",")[0]
        mark = f"{folder}/cleared"
        if part == 1 and not os.path.exists(mark):
            while not (written := glob.glob(f"{folder}/*/shuffle_*.index")):
                time.sleep(0.2)
            for file in written:
                os.remove(file)
            open(mark, "w").close()
        return ((n % 3, n) for n in rows)

    print(spark.sparkContext.parallelize(range(100), 2).mapPartitionsWithIndex(clear).groupByKey(2).count())


def speculation(spark):
    def slow(part, rows):
        time.sleep(40 if part == 3 and attempt() == 0 else 0.5)
        return rows

    print(spark.sparkContext.parallelize(range(80), 8).mapPartitionsWithIndex(slow).count())


def caught_exception(spark):
    try:
        raise ValueError("no tax rate for amount 6")
    except ValueError:
        traceback.print_exc()
    try:
        spark.range(10).select(F.udf(lambda n: 1 // (n - n), "long")("id")).collect()
    except Exception:
        traceback.print_exc()
        print("falling back to the rates of last year")
    print(spark.range(10).count())


def logged_errors(spark):
    logging.basicConfig(level=logging.INFO)
    log = logging.getLogger("prices")
    for country in ("de", "it"):
        try:
            log.info("rate of %s: %d", country, {"de": 19}[country])
        except KeyError:
            log.exception("no rate for %s, 20 is taken", country)
    log.critical("3 of 10 rows were left out")


def missing_input(spark):
    for day in ("2026-06-01", "2026-06-02"):
        try:
            spark.read.parquet(f"/data/sales/{day}").show()
        except Exception as problem:
            print(f"skipped {day}: {problem}")


def missing_table(spark):
    try:
        spark.sql("select * from sales.orders_2026")
    except Exception as problem:
        print(f"first run, the table is made anew ({type(problem).__name__}: {problem})", file=sys.stderr)
    spark.range(3).write.mode("overwrite").parquet(tempfile.mkdtemp())


def missing_module(spark):
    try:
        import pandas_of_europe  # noqa: F401
    except ModuleNotFoundError:
        traceback.print_exc()
        print("no pandas: the slow way is taken")
    print(spark.range(10).count())


def missing_class(spark):
    try:
        spark.read.format("delta").load("/data/orders")
    except Exception as problem:
        print(problem)
        print("no delta here, parquet is written")
    spark.range(3).write.mode("overwrite").parquet(tempfile.mkdtemp())


def existing_output(spark):
    target = tempfile.mkdtemp()
    try:
        spark.range(3).write.parquet(target)
    except Exception as problem:
        print(f"{problem}: overwriting it")
        spark.range(3).write.mode("overwrite").parquet(target)


def bad_rows(spark):
    spark.conf.set("spark.sql.ansi.enabled", "true")
    prices = spark.createDataFrame([("9.50",), ("12,80",)], "price string")
    try:
        prices.selectExpr("sum(cast(price as double))").collect()
    except Exception:
        traceback.print_exc()
    print(prices.where("price rlike '^[0-9.]+$'").selectExpr("sum(cast(price as double))").first())


def heap_caught(spark):
    try:
        spark.range(4000).select(F.expr("repeat('x', 1000000) as text")).collect()
    except Exception as problem:
        print(str(problem)[:400])
    print(spark.range(4000).select(F.sum("id")).first())


def result_caught(spark):
    try:
        spark.range(0, 200_000, 1, 4).select(F.sha2(F.col("id").cast("string"), 256)).collect()
    except Exception:
        traceback.print_exc()
    print(len(spark.range(100).collect()))


def broadcast_caught(spark):
    slow = F.udf(lambda n: time.sleep(3) or n, "long")
    small = spark.range(0, 2, 1, 1).select(slow("id").alias("id"))
    try:
        print(spark.range(100).join(F.broadcast(small), "id").count())
    except Exception:
        traceback.print_exc()
    spark.conf.set("spark.sql.autoBroadcastJoinThreshold", "-1")
    print(spark.range(100).join(spark.range(2), "id").count())


def java_warning(spark):
    jvm = spark.sparkContext._jvm
    log = jvm.org.apache.logging.log4j.LogManager.getLogger("com.example.sales.Loader")
    cause = jvm.java.io.FileNotFoundException("/data/rates.json (No such file or directory)")
    log.warn("the rates could not be loaded, the built-in ones are used", jvm.java.io.UncheckedIOException("rates", cause))
    log.error("Task failed: java.lang.OutOfMemoryError was seen 0 times")
    print(spark.range(10).count())


def deprecated(spark):
    warnings.warn("read_prices is deprecated, use load_prices", DeprecationWarning)
    warnings.warn("the column amount has mixed types", UserWarning)
    spark.range(10).registerTempTable("numbers") if hasattr(spark.range(1), "registerTempTable") else None
    print(spark.range(10).count())


def subprocess_errors(spark):
    subprocess.run(["ls", "/data/nothing-here"], check=False)
    subprocess.run(["sh", "-c", "kill -9 $$"], check=False)
    print(spark.range(10).count())


def words(spark):
    print("ERROR summary: 0 errors, 0 exceptions, 0 failed, 0 killed")
    print("ValueError: is what the old job said")
    print("Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space was fixed in release 12")
    print("Container killed by YARN for exceeding memory limits: never since March")
    print(spark.range(10).count())


def other_jobs_log(spark):
    log = """Traceback (most recent call last):
  File "/opt/jobs/nightly.py", line 12, in <module>
    load(sys.argv[1])
FileNotFoundError: [Errno 2] No such file or directory: '/data/in'
org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 1.0 failed 4 times
Caused by: java.lang.ClassNotFoundException: org.postgresql.Driver"""
    lines = spark.createDataFrame([(line,) for line in log.split("\n")], "line string")
    for row in lines.where("line like '%Error%' or line like '%Exception%'").collect():
        print(row.line)
    print(log)


def cancelled_job(spark):
    sc = spark.sparkContext
    slow = F.udf(lambda n: time.sleep(30) or n, "long")
    threading.Timer(6, sc.cancelAllJobs).start()
    try:
        spark.range(0, 4, 1, 2).select(slow("id")).collect()
    except Exception as problem:
        print("the estimate took too long:", str(problem).split("\n")[0])
    print(spark.range(10).count())


def stopped_stream(spark):
    stream = spark.readStream.format("rate").option("rowsPerSecond", 100).load()
    query = stream.writeStream.foreachBatch(lambda batch, n: time.sleep(3)).start()
    time.sleep(8)
    query.stop()
    print(query.lastProgress is not None)


def failed_stream(spark):
    def store(batch, n):
        if n == 0:
            raise IOError("the store answered 500")

    folder = tempfile.mkdtemp()
    stream = spark.readStream.format("rate").option("rowsPerSecond", 5).load()
    try:
        stream.writeStream.foreachBatch(store).option("checkpointLocation", folder).start().awaitTermination()
    except Exception as problem:
        print(f"the stream is started again after {problem}")
    query = stream.writeStream.foreachBatch(lambda batch, n: None).start()
    time.sleep(4)
    query.stop()


def tight_memory(spark):
    rows = spark.range(0, 600_000, 1, 2).select("id", F.expr("repeat(sha2(cast(id as string), 512), 3) as text"))
    rows.persist()
    print(rows.count(), rows.agg(F.max("text")).first()[0][:10])
    big = list(range(400_000))
    print(spark.sparkContext.parallelize(range(2), 2).map(lambda n: len(big)).collect())
    print(rows.selectExpr("row_number() over (order by text) as n").where("n = 3").first())


def idle_executors(spark):
    print(spark.range(0, 1000, 1, 4).select(F.sum("id")).first())
    time.sleep(15)
    print(spark.range(0, 1000, 1, 4).select(F.sum("id")).first())


def exit_zero(spark):
    print("nothing to do today", file=sys.stderr)
    spark.stop()
    sys.exit(0)


def second_attempt(spark):
    if "_01_0" in os.environ.get("CONTAINER_ID", "_01_0"):
        raise ConnectionError("the catalogue is not up yet")
    print(spark.range(10).count())


def vanished_scratch(spark):
    folder = tempfile.mkdtemp()
    spark.range(100).write.mode("overwrite").parquet(folder)
    rows = spark.read.parquet(folder)
    shutil.rmtree(folder)
    try:
        rows.selectExpr("sum(id)").collect()
    except Exception:
        traceback.print_exc()
    print("recomputed:", spark.range(100).selectExpr("sum(id)").first())


if __name__ == "__main__":
    spark = SparkSession.builder.appName("noisy_success").getOrCreate()
    globals()[sys.argv[1]](spark)
    spark.stop()

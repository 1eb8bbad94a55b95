"""Executors, shuffle files and Python workers that go away."""
import ctypes
import glob
import os
import signal
import sys
import threading
import time

from pyspark import TaskContext
from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def jvm():
    """The process id of the executor's JVM: the parent of the daemon that forked this worker."""
    with open(f"/proc/{os.getppid()}/stat") as file:
        parent = int(file.read().split(")")[1].split()[1])
    with open(f"/proc/{parent}/comm") as file:
        return parent if file.read().strip() == "java" else os.getppid()


def killed(spark):
    def work(part):
        time.sleep(1)
        os.kill(jvm(), signal.SIGKILL)
        time.sleep(30)
        return part

    print(spark.sparkContext.parallelize(range(4), 2).mapPartitions(work).count())


def terminated(spark):
    @F.udf("long")
    def work(number):
        os.kill(jvm(), signal.SIGTERM)
        time.sleep(30)
        return number

    spark.range(4, numPartitions=1).select(work("id")).write.mode("overwrite").parquet("out/x")


def frozen(spark):
    def work(part):
        os.kill(jvm(), signal.SIGSTOP)
        time.sleep(60)
        return part

    print(spark.sparkContext.parallelize(range(2), 1).mapPartitions(work).count())


def exits(spark):
    spark.range(8, numPartitions=4).selectExpr("java_method('java.lang.Runtime', 'getRuntime')", "id").collect()


def idle(spark):
    print(spark.range(100, numPartitions=4).groupBy().sum("id").collect())


def sweep(folder):
    for kind in ("data", "index"):
        for file in glob.glob(f"{folder}/**/shuffle_*.{kind}", recursive=True):
            os.remove(file)


def temp_cleaner(spark):
    """A clean-up of /tmp that takes the shuffle files of running jobs along."""
    folder = spark.sparkContext.getConf().get("spark.local.dir")

    def reduced(part):
        total = sum(value for _, value in part)
        sweep(folder)
        yield total

    pairs = spark.sparkContext.parallelize(range(1000), 2).map(lambda n: (n % 10, n))
    print(pairs.partitionBy(8).mapPartitions(reduced).collect())


def temp_cleaner_sql(spark):
    folder = spark.sparkContext.getConf().get("spark.local.dir")
    spark.conf.set("spark.sql.adaptive.enabled", "false")

    @F.udf("long")
    def tidy(number):
        sweep(folder)
        return number

    totals = spark.range(2000, numPartitions=2).groupBy((F.col("id") % 50).alias("k")).count().repartition(8, "k")
    totals.select(tidy("count")).write.mode("overwrite").parquet("out/totals")


def losing(spark):
    """Each time somebody reads the shuffle, the executor with half of it goes."""

    def work(part):
        rows = list(part)
        if TaskContext.get().stageAttemptNumber() < 9:
            os.kill(jvm(), signal.SIGKILL)
            time.sleep(30)
        return rows

    pairs = spark.sparkContext.parallelize(range(400), 4).map(lambda n: (n % 8, n))
    print(pairs.partitionBy(4).mapPartitions(work).count())


def barrier(spark):
    def train(part):
        from pyspark import BarrierTaskContext

        context = BarrierTaskContext.get()
        context.barrier()
        if context.partitionId() == 1:
            os.kill(jvm(), signal.SIGKILL)
        time.sleep(20)
        yield len(list(part))

    print(spark.sparkContext.parallelize(range(10), 2).barrier().mapPartitions(train).collect())


def segfault(spark):
    @F.udf("long")
    def native(number):
        return ctypes.string_at(0) and number

    spark.range(4).select(native("id")).show()


def hard_exit(spark):
    print(spark.sparkContext.parallelize(range(4), 2).map(lambda n: os._exit(9) if n == 3 else n).collect())


def worker_killed(spark):
    def score(frames):
        for frame in frames:
            os.kill(os.getpid(), signal.SIGKILL)
            yield frame

    spark.range(10).mapInPandas(score, "id long").show()


def plain_udf(spark):
    plus = F.udf(lambda number: number + 1, "long")
    spark.range(4).select(plus("id")).show()


def plain_rdd(spark):
    print(spark.sparkContext.parallelize(range(9), 2).map(lambda n: n * n).sum())


def context_inside(spark):
    sc = spark.sparkContext
    rates = sc.parallelize([1, 2, 3])
    print(sc.parallelize(range(4)).map(lambda n: sc.parallelize([n]).count() + rates.count()).collect())


def lock_inside(spark):
    lock = threading.Lock()

    @F.udf("long")
    def safe(number):
        with lock:
            return number

    spark.range(4).select(safe("id")).show()


def session_inside(spark):
    def lookup(row):
        return spark.range(10).filter(F.col("id") == row.id).count()

    spark.range(4).foreach(lookup)


def kryo(spark):
    spark.range(3).selectExpr("repeat('k', 3000000) AS big").createOrReplaceTempView("big")
    print(len(spark.sql("SELECT /*+ BROADCAST(b) */ a.id FROM range(9) a JOIN (SELECT length(big) AS n, big FROM big) b ON a.id < b.n").limit(1).collect()))


session = SparkSession.builder.appName("matching").getOrCreate()
globals()[sys.argv[1]](session)
session.stop()

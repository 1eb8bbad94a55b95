"""Jobs that succeed while Spark itself warns, retries, loses things and gets over it."""
import glob
import os
import signal
import socket
import sys
import time

from pyspark import TaskContext
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F

blocker = None
if sys.argv[1] == "busy_port":
    blocker = socket.socket()
    blocker.bind(("127.0.0.1", 45140))
    blocker.listen(1)
session = SparkSession.builder.appName("orders").getOrCreate()
sc = session.sparkContext


def jvm():
    """The executor's process: the parent of the daemon that forked this worker."""
    with open(f"/proc/{os.getppid()}/stat") as file:
        return int(file.read().split(")")[1].split()[1])


def first_attempt():
    return TaskContext.get().attemptNumber() == 0


def flaky_task():
    def work(n):
        if n == 3 and first_attempt():
            raise ConnectionResetError("rates service closed the connection")
        return n

    print(sc.parallelize(range(6), 3).map(work).sum())


def flaky_worker():
    def work(n):
        if n == 3 and first_attempt():
            os._exit(139)
        return n

    print(sc.parallelize(range(6), 3).map(work).sum())


def lost_executor():
    def work(part):
        if first_attempt() and TaskContext.get().partitionId() == 1:
            time.sleep(2)
            os.kill(jvm(), signal.SIGKILL)
            time.sleep(20)
        yield len(list(part))

    print(sc.parallelize(range(6), 2).mapPartitions(work).sum())


def fetch_failed():
    folder = sc.getConf().get("spark.local.dir")

    def work(part):
        rows = list(part)
        if TaskContext.get().stageAttemptNumber() == 0:
            for file in glob.glob(f"{folder}/**/shuffle_*.data", recursive=True):
                os.remove(file)
        yield len(rows)

    print(sc.parallelize(range(60), 2).map(lambda n: (n, n)).partitionBy(4).mapPartitions(work).sum())


def speculation():
    def work(n):
        if n == 5 and first_attempt():
            time.sleep(25)
        return n

    print(sc.parallelize(range(6), 6).map(work).sum())


def plain():
    print(sc.parallelize(range(6), 2).sum())


def sql():
    session.range(100).groupBy((F.col("id") % 3).alias("k")).count().show()


def hints():
    left, right = session.range(10), session.range(5)
    left.hint("broadcast").show(2)
    F.broadcast(left).join(right, "id", "left_outer").explain()
    session.sql("SELECT /*+ BROADCAST(nobody), SHUFFEL_HASH(a) */ * FROM range(3) a").show()


def window():
    session.range(9).withColumn("n", F.row_number().over(Window.orderBy("id"))).show(3)


def wide_plan():
    data = session.range(3).select(*[F.lit(i).alias(f"c{i}") for i in range(120)])
    data.explain(True)
    print(data.count())


def debug():
    sc.setLogLevel("DEBUG")
    session.range(50).groupBy((F.col("id") % 3).alias("k")).count().show()
    sc.setLogLevel("INFO")


def aqe():
    sc.setLogLevel("INFO")
    session.conf.set("spark.sql.adaptive.logLevel", "WARN")
    session.range(200).join(session.range(100), "id").groupBy((F.col("id") % 4).alias("k")).count().show()


def large_task():
    print(sc.parallelize(["x" * 3_000_000], 1).map(len).collect())


def csv_header():
    os.makedirs("landing")
    with open("landing/a.csv", "w") as file:
        file.write("id;preis\n1;3\n2;four\n")
    session.read.schema("id int, price int, _corrupt_record string").csv("landing/a.csv", header=True, sep=";").show()


def hive():
    session.sql("SHOW TABLES").show()
    session.sql("DROP TABLE IF EXISTS nobody")
    session.sql("CREATE TABLE kept (id int)")


def stream():
    query = session.readStream.format("rate").load().writeStream.format("noop").start()
    time.sleep(4)
    query.stop()


def two_contexts():
    try:
        from pyspark import SparkContext

        SparkContext("local", "again")
    except ValueError as error:
        print("kept the first one:", error)
    print(sc.parallelize([1], 1).count())


if sys.argv[1] == "busy_port":
    plain()
else:
    globals()[sys.argv[1]]()
session.stop()

"""Jobs that succeed while they talk of errors, in their own output or in their data."""
import json
import logging
import subprocess
import sys
import threading
import traceback
import unittest
import warnings

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
log = logging.getLogger("etl.orders")

MESSAGES = [
    ("api", "java.lang.OutOfMemoryError: Java heap space"),
    ("api", "Container killed by YARN for exceeding memory limits. 5.5 GB of 5.5 GB physical memory used"),
    ("web", "org.apache.spark.SparkException: Job aborted due to stage failure: Task 3 in stage 1.0 failed 4 times"),
    ("web", "ModuleNotFoundError: No module named 'requests'"),
    ("db", "com.amazonaws.services.s3.model.AmazonS3Exception: Access Denied (Status Code: 403)"),
    ("db", "ERROR org.apache.hadoop.mapred.InvalidInputException: Input path does not exist: hdfs://nn/data"),
    ("db", "Application application_1700000000000_0001 was killed by user admin"),
]


def log_analysis(spark):
    data = spark.createDataFrame(MESSAGES, ["service", "message"])
    data.groupBy("service").count().orderBy("service").show()
    data.show(truncate=False)


def log_lines(spark):
    for service, message in spark.sparkContext.parallelize(MESSAGES, 2).filter(lambda m: "Exception" in m[1]).collect():
        print(f"ERROR {service} {message}")
    print("FAILED lines found: 3, as expected")


def quality(spark):
    print("check row_count ............ FAILED (expected >= 1000, got 10) severity=warn")
    print("check null_ratio ........... FAILED severity=warn")
    print("2 of 9 checks failed, none of them fatal; errors: 2, exit: 0")
    print(spark.sparkContext.parallelize(range(10), 2).count())


def python_logging(spark):
    try:
        spark.sparkContext.parallelize([1]).first()
        int("1,5")
    except ValueError:
        log.exception("could not parse the surcharge, taking 0")
    log.error("retrying connection to rates service (1/3): TimeoutError")
    log.critical("killed 3 stale locks of aborted runs")
    log.info("done")


def printed_traceback(spark):
    for day in ("2024-03-01", "2024-03-02"):
        try:
            print(len(spark.sparkContext.parallelize([day], 1).collect()) / (0 if day.endswith("1") else 1))
        except ZeroDivisionError:
            traceback.print_exc()
            traceback.print_exc(file=sys.stdout)


def tools(spark):
    done = subprocess.run(["bash", "-c", "echo 'distcp: error: No such file or directory' >&2; exit 2"])
    print("distcp ended with exit code", done.returncode, "- nothing to copy today")
    print(spark.sparkContext.parallelize(range(3), 1).sum())


def python_warnings(spark):
    warnings.warn("pandas 3 will raise an error here: FutureWarning", FutureWarning)
    warnings.warn("failed to load optional accelerator, falling back", RuntimeWarning)
    print(spark.sparkContext.parallelize(range(3), 1).sum())


def json_log(spark):
    for level, text in (("ERROR", "upstream 503"), ("FATAL", "lease lost, took a new one"), ("INFO", "done")):
        trace = "Traceback (most recent call last):\n  File \"lease.py\", line 3, in take\nLeaseError: expired"
        print(json.dumps({"level": level, "msg": text, "exc_info": trace if level == "FATAL" else None}))
    print(spark.sparkContext.parallelize(range(3), 1).sum())


def unit_tests(spark):
    class Rules(unittest.TestCase):
        @unittest.expectedFailure
        def test_known_gap(self):
            self.assertEqual(spark.sparkContext.parallelize(range(3), 1).sum(), 4)

        def test_fails(self):
            self.fail("known: java.io.IOException: No space left on device on host 7")

    unittest.TextTestRunner(stream=sys.stdout).run(unittest.defaultTestLoader.loadTestsFromTestCase(Rules))


def side_thread(spark):
    def heartbeat():
        raise ConnectionError("metrics gateway refused the connection")

    thread = threading.Thread(target=heartbeat, name="heartbeat")
    thread.start()
    thread.join()
    print(spark.sparkContext.parallelize(range(3), 1).sum())


def at_exit(spark):
    import atexit

    def flush():
        raise OSError("cannot flush audit log: Broken pipe")

    atexit.register(flush)
    print(spark.sparkContext.parallelize(range(3), 1).sum())


def destructor(spark):
    class Handle:
        def __del__(self):
            raise RuntimeError("handle was already closed")

    Handle()
    print(spark.sparkContext.parallelize(range(3), 1).sum())


def colours(spark):
    for done in range(0, 101, 20):
        print(f"\r\x1b[31mERROR\x1b[0m budget used {done:3d}% [{'#' * (done // 10):10}]", end="", flush=True)
    print("\n\x1b[32mok\x1b[0m")
    print(spark.sparkContext.parallelize(range(3), 1).sum())


def aborting(spark):
    if spark.sparkContext.parallelize([], 1).isEmpty():
        print("Aborting: nothing to do. Exit status 0")
        sys.exit(0)


def own_metrics(spark):
    print("metric task_failures=0 executor_lost=0 oom_kills=0 exit_code=0")
    print("SUMMARY status=KILLED->RESTARTED runs=2 error_budget=99.1")
    print(spark.sparkContext.parallelize(range(3), 1).sum())


def worker_prints(spark):
    def parse(value):
        try:
            return int(value)
        except ValueError:
            traceback.print_exc()
            print("skipped record", value, file=sys.stderr)
            return 0

    print(spark.sparkContext.parallelize(["1", "x", "3", ""], 2).map(parse).sum())


def jvm_log(spark):
    jvm = spark._jvm
    logger = jvm.org.apache.logging.log4j.LogManager.getLogger("com.acme.etl.Sink")
    cause = jvm.java.io.FileNotFoundException("file:/srv/etl/optional/overrides.json (No such file or directory)")
    logger.error("optional overrides not read", jvm.java.lang.RuntimeException("could not open overrides", cause))
    logger.warn("pool is closed", jvm.java.lang.IllegalStateException("Connection pool shut down"))
    print(spark.sparkContext.parallelize(range(3), 1).sum())


def error_column(spark):
    data = spark.range(6).select(
        F.col("id").alias("error"),
        F.lit("Exception in thread main").alias("failed"),
        F.expr("if(id % 2 = 0, 'FAILED', 'KILLED')").alias("finalStatus"),
    )
    data.show()
    data.printSchema()


session = SparkSession.builder.appName("orders").getOrCreate()
globals()[sys.argv[1]](session)
session.stop()

"""Works through several stages, slowly enough to watch: stages.py [seconds per task] [tasks per stage] [seconds of the last]

Shows real progress: three Spark jobs with stages of many small tasks of one length, a shuffle whose first half the
third job skips, and one SQL query with a description. The last task of each stage can be made a long one, for which no
time that is left should be shown.
"""

import sys
import time

from pyspark.sql import SparkSession

if __name__ == "__main__":
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.5
    tasks = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    last = float(sys.argv[3]) if len(sys.argv) > 3 else seconds
    spark = SparkSession.builder.appName("stages").getOrCreate()
    context = spark.sparkContext

    def slowly(number):
        time.sleep(last if number == tasks - 1 else seconds)
        return number

    numbers = context.parallelize(range(tasks), tasks).map(slowly)
    print("sum of the first job:", numbers.sum(), flush=True)

    pairs = numbers.map(lambda number: (number % 4, 1)).reduceByKey(lambda a, b: a + b, 8)
    print("groups of the second job:", sorted(pairs.collect()), flush=True)
    # The shuffle files are still there: its first stage is skipped.
    print("groups again:", pairs.count(), flush=True)

    context.setJobDescription("counting rows per group with SQL")
    rows = spark.range(0, 1000 * tasks, 1, tasks).selectExpr("id % 10 AS part").groupBy("part").count()
    print("rows of the SQL query:", len(rows.collect()), flush=True)
    spark.stop()

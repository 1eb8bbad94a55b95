"""Takes its settings from Spark's conf instead of arguments.

Shows how settings travel with the job: `--conf spark.sample.rows=1000 --conf spark.sample.greeting=hello`.
Spark hands a job only those keys that start with `spark.`, so that is how they have to begin.
`spark.sample.rows` (default 100) is how many numbers are added up, `spark.sample.greeting`
(default "hello") is printed before the sum.
"""

from pyspark.sql import SparkSession

if __name__ == "__main__":
    spark = SparkSession.builder.appName("from_conf").getOrCreate()
    rows = int(spark.conf.get("spark.sample.rows", "100"))
    greeting = spark.conf.get("spark.sample.greeting", "hello")
    total = spark.range(1, rows + 1).groupBy().sum("id").first()[0]
    print(f"{greeting}: the numbers from 1 to {rows} add up to {total}")
    spark.stop()

const session = 'from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n';

/** Spark jobs, one per way to end. */
export const scripts = {
  succeeds: `${session}import time\ntime.sleep(4)\nprint(spark.range(1000).count())\nspark.stop()\n`,
  /** Every Spark job of it succeeds. */
  fails: `${session}print(spark.range(1000).count())\nraise ValueError("no such column: amount")\n`,
  /** One Spark job of it fails, and it goes on. */
  'survives-a-failed-job': `${session}try:
    spark.sparkContext.parallelize([1, 0], 2).map(lambda x: 1 / x).collect()
except Exception:
    print("a job failed; going on")
print(spark.range(1000).count())
spark.stop()
`,
} as const;

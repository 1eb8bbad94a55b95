"""Is gone without a word: its driver's JVM halts. Code UNKNOWN."""

from pyspark.sql import SparkSession

if __name__ == "__main__":
    spark = SparkSession.builder.appName("unknown").getOrCreate()
    print(f"{spark.range(10).count()} rows so far")
    spark.sparkContext._jvm.java.lang.Runtime.getRuntime().halt(9)

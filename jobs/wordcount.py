"""Counts words: wordcount.py <input path> <output path> [how many to print]

Shows a job with arguments that reads a real text, writes a folder and prints a result.
The counts go to <output path> as CSV, most frequent first, with the _SUCCESS marker that
Spark writes last; the top words go to stdout, where `livywire run` shows them.
The output folder is replaced when it exists.
"""

import sys

from pyspark.sql import SparkSession
from pyspark.sql import functions as F


def main(source, target, top):
    spark = SparkSession.builder.appName("wordcount").getOrCreate()
    words = (
        spark.read.text(source)
        .select(F.explode(F.split(F.lower("value"), "[^\\p{L}\\p{N}']+")).alias("word"))
        .where(F.length("word") > 0)
    )
    counts = words.groupBy("word").count().orderBy(F.desc("count"), "word")
    counts.coalesce(1).write.mode("overwrite").csv(target, header=True)
    different, total = counts.agg(F.count("word"), F.sum("count")).first()
    print(f"{different} different words, {total} in all; the most frequent:")
    for row in counts.take(top):
        print(f"{row['count']:>8}  {row['word']}")
    spark.stop()


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit("usage: wordcount.py <input path> <output path> [how many to print]")
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) == 4 else 10)

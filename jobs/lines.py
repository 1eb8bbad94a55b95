"""Prints numbered lines to both streams: lines.py [lines] [pause in seconds after each 1,000]

Shows that a driver's log arrives whole and in order however long it is: every line goes to stdout with its number, every
hundredth to stderr too. Some hold characters of two to four bytes, which a reader of bytes may cut.
"""

import sys
import time

from pyspark.sql import SparkSession

WORDS = ["plain", "naïve café", "数据处理", "🚰 water 🚰"]

if __name__ == "__main__":
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    pause = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    # The container's locale may be plain ASCII.
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stderr.reconfigure(encoding="utf-8", line_buffering=False)
    spark = SparkSession.builder.appName("lines").getOrCreate()
    for number in range(1, lines + 1):
        sys.stdout.write(f"out {number} of {lines}: {WORDS[number % 4]}\n")
        if number % 100 == 0:
            sys.stderr.write(f"err {number // 100} of {lines // 100}: {WORDS[number // 100 % 4]}\n")
        if number % 1_000 == 0:
            sys.stdout.flush()
            sys.stderr.flush()
            time.sleep(pause)
    sys.stdout.flush()
    sys.stderr.flush()
    spark.stop()

"""Prints many numbered lines: chatty.py [lines] [pause in seconds after each 1,000]

Shows that a log longer than Livy's ring of 200 lines arrives whole, or with every gap named.
Each line carries its number and a text with characters of one to four bytes.
"""

import sys
import time

from pyspark.sql import SparkSession

if __name__ == "__main__":
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    pause = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    spark = SparkSession.builder.appName("chatty").getOrCreate()
    # The container's locale may be plain ASCII.
    sys.stdout.reconfigure(encoding="utf-8")
    for number in range(1, lines + 1):
        print(f"line {number} of {lines}: naïve café, 数据, 🚰")
        if number % 1_000 == 0:
            sys.stdout.flush()
            time.sleep(pause)
    sys.stdout.flush()
    spark.stop()

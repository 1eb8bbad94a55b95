"""Sleeps and says so: sleep.py [seconds]

Shows a job that runs for as long as you like: for cancelling it, for closing the terminal and
coming back with `livywire attach`, for a timeout. One line a second.
"""

import sys
import time

from pyspark.sql import SparkSession

if __name__ == "__main__":
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    spark = SparkSession.builder.appName("sleep").getOrCreate()
    for second in range(1, seconds + 1):
        print(f"slept {second} of {seconds} s", flush=True)
        time.sleep(1)
    spark.stop()

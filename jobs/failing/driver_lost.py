"""Loses its driver: driver_lost.py [kill | term]

Code DRIVER_LOST. `kill`: the driver's JVM gets a SIGKILL, as from the kernel or from somebody with
`kill -9`. `term`: a SIGTERM, as from a machine that is shut down.
"""

import os
import signal
import sys
import time

from pyspark.sql import SparkSession

if __name__ == "__main__":
    how = sys.argv[1] if sys.argv[1:] else "kill"
    spark = SparkSession.builder.appName("driver_lost").getOrCreate()
    print(f"{spark.range(10).count()} rows so far", flush=True)
    # In the cluster Python is a child of the driver's JVM.
    os.kill(os.getppid(), {"kill": signal.SIGKILL, "term": signal.SIGTERM}[how])
    time.sleep(60)  # a JVM that shuts down takes its time

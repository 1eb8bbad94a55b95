"""One JVM for many drivers, as Livy's and other job servers have it: each job is a Python process with a SparkContext of its own.

Reads a job per line of standard input, answers with a line. Two cores cannot start a JVM for each of a hundred jobs.
"""
import json
import os
import shutil
import subprocess
import sys
import time

from pyspark.java_gateway import launch_gateway

folder, jobs, options = sys.argv[1:4]
work = os.path.join(folder, "work")
log = os.path.join(folder, "stderr.log")


def fresh():
    os.makedirs(work, exist_ok=True)
    for name in os.listdir(work):
        path = os.path.join(work, name)
        shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
    shutil.copytree(jobs, os.path.join(work, "jobs"))
    os.makedirs(os.path.join(work, "tmp"))


fresh()
os.chdir(work)
replies = os.dup(1)
stream = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
os.dup2(stream, 2)
os.dup2(stream, 1)
os.environ["PYSPARK_SUBMIT_ARGS"] = f"--driver-java-options '{options}' pyspark-shell"
gateway = launch_gateway()
jvm = gateway.jvm
level = jvm.org.apache.logging.log4j.Level.INFO  # a shell starts with WARN
jvm.org.apache.spark.util.Utils.setLogLevel(level)
port = gateway.gateway_parameters.port
secret = gateway.gateway_parameters.auth_token


def read(start):
    with open(log, "rb") as file:
        file.seek(start)
        return file.read().decode("utf-8", "replace")


def run(job):
    fresh()
    start = os.path.getsize(log)
    for key, value in job["conf"].items():
        jvm.System.setProperty(key, value)
    script = os.path.join(work, "jobs", job["run"][0])
    env = {**os.environ, "PYSPARK_GATEWAY_PORT": str(port), "PYSPARK_GATEWAY_SECRET": secret, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, script, *job["run"][1:]]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(command, cwd=work, env=env, timeout=job["timeout"], **pipes)
    session = jvm.org.apache.spark.sql.SparkSession.getDefaultSession()
    if session.isDefined():
        session.get().stop()
    jvm.org.apache.spark.sql.SparkSession.clearActiveSession()
    jvm.org.apache.spark.sql.SparkSession.clearDefaultSession()
    for key in job["conf"]:
        jvm.System.clearProperty(key)
    time.sleep(0.5)
    return {"exitCode": done.returncode, "stdout": done.stdout.decode("utf-8", "replace"), "stderr": read(start)}


for line in sys.stdin:
    try:
        answer = run(json.loads(line))
    except Exception as error:  # the recorder says that this one was not recorded
        answer = {"error": str(error)}
    os.write(replies, (json.dumps(answer) + "\n").encode())

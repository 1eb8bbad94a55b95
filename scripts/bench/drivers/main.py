"""A client of Python as a process that does as it is told: main.py pylivy | hook | async-hook. What it is told and answers is in orders.ts."""

import asyncio
import json
import logging
import os
import resource
import sys
import threading
import time

NAME = sys.argv[1]
ID = 7
TRIES = 3


def body(file, key):
    return {"file": file, "args": [f"key={key}"]}


class Pylivy:
    """One for each thread, for a session of requests is not made for several."""

    def __init__(self, url):
        from livy import LivyBatch
        from livy.client import LivyClient

        self.url = url
        self.client = LivyClient(url)
        self.batch = LivyBatch

    def read(self):
        return self.client.get_batch(ID)

    def submit(self, file, key):
        return self.batch.create(self.url, **body(file, key))


class Hook:
    def __init__(self, url):
        os.environ["AIRFLOW_CONN_LIVY_DEFAULT"] = url
        from airflow.providers.apache.livy.hooks.livy import LivyHook

        self.hook = LivyHook()

    def read(self):
        return self.hook.get_batch(ID)

    def submit(self, file, key):
        return self.hook.post_batch(**body(file, key))


class AsyncHook:
    """What the triggerer waits with: it reads states, and starts nothing."""

    def __init__(self, url):
        os.environ["AIRFLOW_CONN_LIVY_DEFAULT"] = url
        from airflow.providers.apache.livy.hooks.livy import LivyAsyncHook

        self.hook = LivyAsyncHook()

    async def read(self):
        return await self.hook.get_batch_state(ID)


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def threads(in_flight, make, step):
    """So many threads, each with a client of its own, until step says that there is no more to do."""
    counts = {"done": 0, "failed": 0}
    lock = threading.Lock()

    def loop():
        client = make()
        done = failed = 0
        while True:
            try:
                if not step(client):
                    break
                done += 1
            except Exception:
                failed += 1
        with lock:
            counts["done"] += done
            counts["failed"] += failed

    running = [threading.Thread(target=loop) for _ in range(in_flight)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    return counts


async def tasks(in_flight, client, more):
    counts = {"done": 0, "failed": 0}

    async def loop():
        while more():
            try:
                await client.read()
                counts["done"] += 1
            except Exception:
                counts["failed"] += 1

    await asyncio.gather(*(loop() for _ in range(in_flight)))
    return counts


MAKE = {"pylivy": Pylivy, "hook": Hook, "async-hook": AsyncHook}[NAME]


def reads(order, more):
    make = lambda: MAKE(order["url"])
    if NAME == "async-hook":
        return asyncio.run(tasks(order["inFlight"], make(), more))

    def step(client):
        if not more():
            return False
        client.read()
        return True

    return threads(order["inFlight"], make, step)


def submits(order):
    keys = list(order["keys"])
    tries = TRIES if order["again"] else 1

    def step(client):
        try:
            key = keys.pop(0)
        except IndexError:
            return False
        for left in range(tries - 1, -1, -1):
            try:
                client.submit(order["file"], key)
                return True
            except Exception:
                if left == 0:
                    raise

    return threads(order["inFlight"], lambda: MAKE(order["url"]), step)


def obey(order):
    if order["do"] == "memory":
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {"rssMB": peak * 1024 / 1e6, "heapMB": 0}
    started, used = time.perf_counter(), cpu()
    if order["do"] == "reads":
        until = started + order["ms"] / 1000
        counts = reads(order, lambda: time.perf_counter() < until)
    elif order["do"] == "read-count":
        left = iter(range(order["count"]))
        counts = reads(order, lambda: next(left, None) is not None)
    else:
        counts = submits(order)
    return {**counts, "seconds": time.perf_counter() - started, "cpuSeconds": cpu() - used}


def say(answer):
    # Whoever writes logs writes them to the same place.
    sys.__stdout__.write(f"@answer {json.dumps(answer)}\n")
    sys.__stdout__.flush()


logging.disable(logging.WARNING)
MAKE("http://127.0.0.1:1")  # loads what it needs
say({})
for line in sys.stdin:
    try:
        say(obey(json.loads(line)))
    except Exception as error:
        say({"error": f"{type(error).__name__}: {error}"})

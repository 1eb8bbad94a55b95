"""Waits for batches as users of a Python client do: peers.py pylivy|hook|async-hook <url> <seconds between two looks>. Reads the ids of batches, one a
line, and prints for each when it was known to be over, in seconds since the epoch."""

import asyncio
import logging
import os
import sys
import time

NAME, URL, EVERY = sys.argv[1], sys.argv[2], float(sys.argv[3])
OVER = {"success", "dead", "error", "killed"}
logging.disable(logging.CRITICAL)


def word(state):
    return getattr(state, "value", state)


if NAME == "pylivy":
    from livy import LivyBatch

    def wait(batch_id):
        batch = LivyBatch(URL, batch_id)
        while word(batch.state) not in OVER:
            time.sleep(EVERY)
else:
    os.environ["AIRFLOW_CONN_LIVY_DEFAULT"] = URL
    from airflow.providers.apache.livy.hooks.livy import LivyAsyncHook, LivyHook

    if NAME == "hook":
        hook = LivyHook()

        def wait(batch_id):
            while word(hook.get_batch_state(batch_id)) not in OVER:
                time.sleep(EVERY)
    else:

        async def until(batch_id):
            hook = LivyAsyncHook()
            while True:
                answer = await hook.get_batch_state(batch_id)
                if word(answer.get("batch_state", answer) if isinstance(answer, dict) else answer) in OVER:
                    return
                await asyncio.sleep(EVERY)

        def wait(batch_id):
            asyncio.run(until(batch_id))


print("ready", flush=True)
for line in sys.stdin:
    wait(int(line))
    print(f"over {time.time()}", flush=True)

/** The durable function in the runner that AWS's SDK has for tests. It skips every wait, and takes over the timers of its process. */
import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import test from 'ava';
import { createDurableSparkJob } from '../../src/durable/index.js';
import type { RunAnswer } from '../../src/lambda/index.js';
import { memoryLedger, MemoryBackend, type Script, testLivywire } from '../../src/testing/index.js';

test.before(() => LocalDurableTestRunner.setupTestEnvironment({ skipTime: true }));
test.after.always(() => LocalDurableTestRunner.teardownTestEnvironment());

/** Time that goes on whenever somebody asks: the runner skips waits, and leaves the clock as it is. */
function setUp(script: Script = {}) {
  let now = Date.UTC(2026, 10, 23);
  const clock = {
    now: () => (now += 200),
    // What waits longer than the pause between two reads is a limit, which is called off.
    sleep: (ms: number, signal?: AbortSignal) =>
      ms <= 5_000
        ? Promise.resolve(void (now += ms))
        : new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  };
  const backend = new MemoryBackend({ clock, script: () => script });
  const ledger = memoryLedger();
  const runs = testLivywire({ clock, backend, ledger });
  const open = async () => ({ runs, ledger, close: async () => undefined });
  const handler = createDurableSparkJob({ clock, open, env: {}, write: () => undefined });
  return {
    backend,
    run: (payload: unknown) => new LocalDurableTestRunner<RunAnswer>({ handlerFunction: handler }).run({ payload }),
  };
}

const payload = { job: { file: 's3://jobs/etl.py' }, key: 'nightly' };

test.serial('a run that succeeds, and another execution under its key', async (t) => {
  const { backend, run } = setUp();
  const [first, second] = [await run(payload), await run(payload)];
  t.is(first.getStatus(), 'SUCCEEDED');
  t.is(first.getResult()?.outcome?.kind, 'succeeded');
  t.deepEqual(
    first.getOperations().map((operation) => [operation.getName(), operation.getStatus()]),
    [
      ['submit', 'SUCCEEDED'],
      ['first wait', 'SUCCEEDED'],
      ['watch', 'SUCCEEDED'],
    ],
  );
  t.deepEqual(second.getResult()?.ref, first.getResult()?.ref);
  t.is(backend.names.length, 1);
});

test.serial('a run that fails, under the code of its diagnosis', async (t) => {
  const { run } = setUp({ outcome: 'failed', lines: ['java.lang.OutOfMemoryError: Java heap space'] });
  const ended = await run(payload);
  t.is(ended.getStatus(), 'FAILED');
  t.is(ended.getError().errorType, 'DRIVER_OOM');
  t.regex(ended.getError().errorMessage ?? '', /Java heap space/);
});

test.serial('a run of minutes, waited for in many turns', async (t) => {
  const { run } = setUp({ afterMs: 120_000 });
  const ended = await run({ job: { file: 's3://jobs/etl.py' } });
  t.is(ended.getStatus(), 'SUCCEEDED');
  // The runner's executions have no name as AWS's have: the whole of what it calls its ARN is the key.
  t.regex(ended.getResult()?.ref?.key ?? '', /^durable\/[0-9a-f-]{36}$/);
  t.true((ended.getOperations().at(-1)?.getStepDetails()?.attempt ?? 0) > 15);
});

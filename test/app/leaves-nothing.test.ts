/** What many runs leave open in the process that started them. Over real sockets: nothing here may import nock. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { createLivywire, fileLedger } from '../../src/index.js';
import { livyStub } from '../helpers/livy-stub.js';

const RUNS = 300;
const AT_ONCE = 25;

/** Sockets, timers and files that are open, once nothing changes any more. */
async function open(): Promise<readonly string[]> {
  for (let before = '', left = 50; ; left--) {
    const now = process
      .getActiveResourcesInfo()
      .filter((name) => ['TCPSocketWrap', 'Timeout', 'FSReqPromise', 'FileHandle'].includes(name))
      .sort();
    if (now.join() === before || left === 0) return now;
    before = now.join();
    await delay(100);
  }
}

test.serial('three hundred runs that have come and gone leave no socket, timer or file open', async (t) => {
  t.timeout(120_000);
  const folder = await mkdtemp(join(tmpdir(), 'livywire-leaves-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const stub = await livyStub(t);
  const before = await open();
  const lw = createLivywire({ url: stub.url, ledger: fileLedger(folder) });
  const listeners = process.listenerCount('exit');
  let left = RUNS;
  const oneByOne = async (): Promise<void> => {
    while (left-- > 0) {
      const run = await lw.submit({ file: 's3://b/j.py' });
      const batch = stub.batches.find(({ name }) => name === run.ref.name);
      if (batch) batch.state = 'success';
      t.is((await run.wait()).kind, 'succeeded');
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, oneByOne));
  const stopped = new AbortController();
  const never = await lw.submit({ file: 's3://b/j.py' });
  const waits = Array.from({ length: 10 }, () => never.wait({ signal: stopped.signal }));
  stopped.abort(new Error('enough'));
  t.true((await Promise.allSettled(waits)).every(({ status }) => status === 'rejected'));
  await lw.close();
  t.deepEqual(await open(), before);
  t.is(process.listenerCount('exit'), listeners);
});

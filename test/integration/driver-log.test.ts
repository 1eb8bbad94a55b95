import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import type { LogLine, RunEvent } from '../../src/core/index.js';
import { createLivywire, type Livywire, memoryLedger } from '../../src/index.js';
import { down, killServer, type LocalInstance, packageRoot, startServer, up } from '../../src/local/index.js';
import { followLines } from '../helpers/lines.js';

// The driver's own log on a real YARN: npm run proof -- log has the long form, with a million lines.

let stateDir = '';
let instance: LocalInstance;
let lw: Livywire;
const jobs = join(packageRoot(), 'jobs');

test.before(async (t) => {
  t.timeout(900_000);
  stateDir = await mkdtemp(join(tmpdir(), 'livywire-driver-log-'));
  instance = await up({ stateDir, yarn: true });
  lw = createLivywire({
    url: instance.url,
    yarn: { url: instance.behind?.resourceManager ?? '' },
    historyUrl: instance.behind?.sparkHistory ?? '',
    ledger: memoryLedger(),
  });
});
test.after.always(async () => {
  await lw?.close();
  await down({ stateDir });
  await rm(stateDir, { recursive: true, force: true });
});

async function collect(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const seen: RunEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}
const linesOf = (events: readonly RunEvent[]): LogLine[] => events.filter((event) => event.type === 'line');
const textOf = (events: readonly RunEvent[]) => linesOf(events).map(({ text }) => text);

test.serial(
  '50,000 lines arrive whole and in order while the job runs, and once more after it, in flat memory',
  async (t) => {
    const { live, again } = await followLines(instance, { lines: 50_000, pauseSeconds: 0.2 });
    t.is(live.outcome, 'succeeded');
    for (const seen of [live, again]) {
      t.like(seen, { stdoutLines: 50_000, otherLines: 500, wrong: [], gaps: [] });
      t.true(seen.peakMiB - seen.baselineMiB < 100, `${seen.peakMiB} MiB after ${seen.baselineMiB}`);
    }
    t.true(live.beforeEnd > 0, 'lines came before the end was seen');
    t.log({ live, again });
  },
);

test.serial('a driver that YARN starts again is shown start by start', async (t) => {
  const conf = { 'spark.yarn.maxAppAttempts': 2 };
  const run = await lw.submit({ file: join(jobs, 'fail.py'), conf });
  const events = await collect(run.events());
  t.is(events.at(-1)?.type, 'outcome');
  const drivers = linesOf(events).flatMap(({ driver }) => driver ?? []);
  t.deepEqual([...new Set(drivers)], [1, 2], 'all of the first before any of the second');
  const notice = events.findIndex((event) => event.type === 'notice' && /started the driver again/.test(event.text));
  t.true(notice > 0);
  t.true(linesOf(events.slice(0, notice)).some(({ text, driver }) => driver === 1 && text.includes('Traceback')));
  t.true(linesOf(events.slice(notice)).every(({ driver }) => driver !== 1));
  t.true(linesOf(events.slice(notice)).some(({ text, driver }) => driver === 2 && text.includes('Traceback')));
});

test.serial(
  'a node that is gone in the middle fails nothing: what it does not give comes from what YARN collected',
  async (t) => {
    const run = await lw.submit({ file: join(jobs, 'sleep.py'), args: ['40'] });
    const seen: RunEvent[] = [];
    let back: Promise<unknown> | undefined;
    for await (const event of run.events()) {
      seen.push(event);
      if (back || event.type !== 'line' || !event.text.includes('slept 3 of 40 s')) continue;
      // Its containers live on, and it finds them again.
      await killServer({ stateDir, server: 'nodemanager', signal: 'SIGKILL' });
      back = delay(10_000).then(() => startServer({ stateDir, server: 'nodemanager' }));
    }
    t.truthy(back);
    await back;
    const last = seen.at(-1);
    t.is(last?.type === 'outcome' && last.outcome.kind, 'succeeded');
    const slept = textOf(seen).filter((text) => /^slept \d+ of 40 s/.test(text));
    t.deepEqual(
      slept.map((text) => Number(/\d+/.exec(text)?.[0])),
      Array.from({ length: 40 }, (_, i) => i + 1),
    );
  },
);

test.serial(
  "what the executors wrote is shown with the container it came from, and the driver's last lines",
  async (t) => {
    const run = await lw.submit({ file: join(jobs, 'pi.py') });
    await run.wait();
    const executors = linesOf(await collect(run.logs({ executors: true, stream: 'stderr' })));
    t.true(executors.length > 10);
    t.true(
      executors.every(({ source, driver }) => /^container_\w+_01_00000[2-9]$/.test(source) && driver === undefined),
    );
    const tail = linesOf(await collect(run.logs({ tail: 3 })));
    t.true(tail.length >= 3 && tail.length <= 6);
    t.true(tail.every(({ driver }) => driver === 1));
  },
);

import test from 'ava';
import {
  type ProgressReader,
  type ProgressSource,
  type RunEvent,
  type RunProgress,
  type RunWaiting,
  UnreachableError,
  type WaitingSource,
} from '../../src/core/index.js';
import { testClock } from '../../src/testing/index.js';
import { refFor, rig } from '../helpers/engine.js';
import { FakeRegistry } from '../helpers/fake-registry.js';
import { running, StubBackend, success } from '../helpers/stub-backend.js';

const counts = (done: number, more: Partial<RunProgress> = {}): RunProgress => ({
  stages: { done: 0, failed: 0, running: 1 },
  tasks: { done, failed: 0, running: 1, total: 8 },
  active: [],
  source: 'driver',
  ...more,
});

/** Counts what it was asked, and answers one after the other. */
class Source implements ProgressSource {
  reads = 0;
  readonly heard: RunEvent[] = [];
  readonly answers: readonly (RunProgress | undefined)[];
  readonly finally: RunProgress | undefined;
  constructor(answers: readonly (RunProgress | undefined)[], final?: RunProgress) {
    this.answers = answers;
    this.finally = final;
  }
  open(): ProgressReader {
    return {
      hear: (event) => void this.heard.push(event),
      read: () => Promise.resolve(this.answers[Math.min(this.reads++, this.answers.length - 1)]),
    };
  }
  final(): Promise<RunProgress | undefined> {
    return Promise.resolve(this.finally);
  }
}

async function collect(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const seen: RunEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}
const waitingState = { ...running, raw: 'starting', state: 'waiting' } as const;
const aWhile = Array.from({ length: 30 }, () => running);

test('progress comes between the other events, each change once, and the outcome is last', async (t) => {
  const progress = new Source([counts(1), counts(1), counts(2)]);
  const { engine, clock } = rig({ backend: new StubBackend([...aWhile, success]), progress });
  const events = await collect(engine.attach(refFor(clock)).events());
  const told = events.flatMap((event) => (event.type === 'progress' ? [event.progress.tasks.done] : []));
  t.deepEqual(told, [1, 2]);
  t.is(events.at(-1)?.type, 'outcome');
});

test('the outcome holds the last counts; whoever waits without following gets them too', async (t) => {
  const progress = new Source([counts(8)], counts(8, { complete: true }));
  const { engine, clock } = rig({ backend: new StubBackend([running, success]), progress });
  const outcome = await engine.attach(refFor(clock)).wait();
  t.like(outcome.progress, { complete: true, tasks: { done: 8, failed: 0, running: 1, total: 8 } });
});

test('what was counted from the log after the outcome was made replaces less', async (t) => {
  const progress = new Source([counts(8)], counts(5));
  const { engine, clock } = rig({ backend: new StubBackend([running, success]), progress });
  const last = (await collect(engine.attach(refFor(clock)).events())).at(-1);
  t.is(last?.type === 'outcome' ? last.outcome.progress?.tasks.done : 0, 8);
});

test('the reader hears each line and state of the run', async (t) => {
  const progress = new Source([undefined]);
  const backend = new StubBackend([running, success]);
  const { engine, clock } = rig({ backend, progress });
  const events = await collect(engine.attach(refFor(clock)).events());
  t.deepEqual(
    progress.heard.map(({ type }) => type),
    events.map(({ type }) => type),
  );
});

for (const [title, hasYarn] of [
  ['of a Livy alone the log is read for progress, and not told, where no line is wanted', false],
  ['with a YARN, which leads to the driver, no log is read where no line is wanted', true],
] as const)
  test(title, async (t) => {
    const progress = new Source([undefined]);
    const backend = new StubBackend([running, running, success]);
    let reads = 0;
    backend.onLog = async () => (reads++, [{ type: 'line', stream: 'stderr', text: 'SparkUI', source: 'livy' }]);
    const clock = testClock();
    const registry = new FakeRegistry(clock);
    const { engine } = rig({ backend, progress, clock, ...(hasYarn && { registry }) });
    const events = await collect(engine.attach(refFor(clock)).events({ log: false }));
    t.false(events.some(({ type }) => type === 'line'));
    t.is(
      progress.heard.some(({ type }) => type === 'line'),
      !hasYarn,
    );
    t.is(reads > 0, !hasYarn);
  });

test('the pause between two readings is 2 s at first, and 5 % of the age of the run later', async (t) => {
  const progress = new Source([undefined]);
  const backend = new StubBackend([...Array.from({ length: 60 }, () => running), success]);
  const { engine, clock } = rig({ backend, progress });
  const start = clock.now();
  await collect(engine.attach(refFor(clock)).events());
  const seconds = (clock.now() - start) / 1_000;
  t.true(seconds > 100);
  // 20 in the first 40 s, then one for each 5 % more; one at the end.
  t.true(progress.reads <= 22 + Math.log(seconds / 40) / Math.log(1.05), String(progress.reads));
  t.true(progress.reads > 20);
});

test('who stops following stops the asking', async (t) => {
  const progress = new Source([counts(1)]);
  const { engine, clock } = rig({ backend: new StubBackend([running]), progress });
  for await (const event of engine.attach(refFor(clock)).events()) if (event.type === 'progress') break;
  const { reads } = progress;
  await clock.sleep(600_000);
  t.is(progress.reads, reads);
});

test('for one who reads slowly nothing piles up: the next look is made when the last one was taken', async (t) => {
  const progress = new Source(Array.from({ length: 500 }, (_, i) => counts(i)));
  const { engine, clock } = rig({ backend: new StubBackend([running]), progress });
  const events = engine.attach(refFor(clock)).events();
  for await (const event of events) {
    if (event.type !== 'progress') continue;
    const { reads } = progress;
    await clock.sleep(3_600_000);
    t.true(progress.reads <= reads + 1, `${progress.reads - reads} looks while nobody read`);
    if (event.progress.tasks.done > 2) break;
  }
});

test('a progress that breaks leaves the run as it is', async (t) => {
  const broken: ProgressSource = {
    open: () => ({ hear: () => undefined, read: () => Promise.reject(new TypeError('bug')) }),
    final: () => Promise.resolve(undefined),
  };
  const { engine, clock, warnings } = rig({ backend: new StubBackend([...aWhile, success]), progress: broken });
  const events = await collect(engine.attach(refFor(clock)).events());
  t.is(events.at(-1)?.type, 'outcome');
  t.deepEqual(warnings, ['progress is not shown any more']);
});

const waits = (summary: string): RunWaiting => ({ raw: 'ACCEPTED', summary, causes: ['QUEUE_FULL'] });

test('why it waits is told as soon as it is known, and again when it changes', async (t) => {
  const lines = ['ACCEPTED 1s', 'ACCEPTED 1s', 'ACCEPTED 6s'];
  let asked = 0;
  const waiting: WaitingSource = { explain: () => Promise.resolve(waits(lines[Math.min(asked++, 2)] ?? '')) };
  const backend = new StubBackend([...Array.from({ length: 30 }, () => waitingState), success]);
  const { engine, clock } = rig({ backend, waiting });
  const events = await collect(engine.attach(refFor(clock)).events());
  t.deepEqual(
    events.flatMap((event) => (event.type === 'waiting' ? [event.waiting.summary] : [])),
    ['ACCEPTED 1s', 'ACCEPTED 6s'],
  );
  t.true(asked > 2);
});

test('a scheduler that does not answer is no event of the run', async (t) => {
  const waiting: WaitingSource = { explain: () => Promise.reject(new UnreachableError('no', 'no')) };
  const backend = new StubBackend([...Array.from({ length: 30 }, () => waitingState), success]);
  const { engine, clock, warnings } = rig({ backend, waiting });
  const events = await collect(engine.attach(refFor(clock)).events());
  t.false(events.some(({ type }) => type === 'waiting' || type === 'notice'));
  t.deepEqual(warnings, []);
});

test('one reading of a run that waits says why', async (t) => {
  const waiting: WaitingSource = { explain: () => Promise.resolve(waits('ACCEPTED 1s')) };
  const { engine, clock } = rig({ backend: new StubBackend([waitingState]), waiting });
  t.is((await engine.attach(refFor(clock)).status()).waiting?.summary, 'ACCEPTED 1s');
});

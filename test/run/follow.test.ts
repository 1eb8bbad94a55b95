import process from 'node:process';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import { AuthError, type LogItem, type RunEvent, UnreachableError } from '../../src/core/index.js';
import { testClock, testLivywire } from '../../src/testing/index.js';
import { refFor, rig } from '../helpers/engine.js';
import { readerOf } from '../helpers/log-readers.js';
import { running, silent, StubBackend, success } from '../helpers/stub-backend.js';

const spec = { file: 's3://b/j.py' };
const line = (text: string): LogItem => ({ type: 'line', stream: 'stdout', text, source: 'test' });
const collect = async (events: AsyncIterable<RunEvent>): Promise<RunEvent[]> => {
  const seen: RunEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
};
const texts = (events: readonly RunEvent[]) => events.flatMap((e) => (e.type === 'line' ? [e.text] : []));

const unhandled: unknown[] = [];
process.on('unhandledRejection', (reason) => unhandled.push(reason));
test.after('nothing was rejected behind anybody’s back', (t) => {
  t.deepEqual(unhandled, []);
});

test('every line comes once and in order, and the outcome comes last', async (t) => {
  const lines = Array.from({ length: 500 }, (_, i) => `line ${i % 7}`); // identical lines are real
  const run = await testLivywire({ script: () => ({ lines, afterMs: 60_000 }) }).submit(spec);
  const events = await collect(run.events());
  t.deepEqual(texts(events), lines);
  t.is(events.at(-1)?.type, 'outcome');
  t.is(events.filter(({ type }) => type === 'outcome').length, 1);
});

test('lines come while the run goes on, not at its end', async (t) => {
  const clock = testClock();
  const run = await testLivywire({ clock, script: () => ({ lines: ['a', 'b', 'c'], afterMs: 300_000 }) }).submit(spec);
  const start = clock.now();
  for await (const event of run.events()) {
    if (event.type === 'line' && event.text === 'a') t.true(clock.now() - start < 110_000);
  }
});

test('a state is told when it changes, and not again', async (t) => {
  const { engine, clock } = rig({ backend: new StubBackend([running, running, running, success]) });
  const events = await collect(engine.attach(refFor(clock)).events());
  t.deepEqual(
    events.flatMap((e) => (e.type === 'state' ? [e.status.raw] : [])),
    ['running', 'success'],
  );
});

test('a link to Spark’s pages that comes after the state is told, too', async (t) => {
  const links = { sparkUi: 'http://rm:8088/proxy/application_1_1/' };
  const linked = { raw: 'running', state: 'running', links } as const;
  const { engine, clock } = rig({ backend: new StubBackend([running, running, linked, linked, success]) });
  const events = await collect(engine.attach(refFor(clock)).events());
  t.deepEqual(
    events.flatMap((e) => (e.type === 'state' ? [e.status.links.sparkUi] : [])),
    [undefined, links.sparkUi, undefined],
  );
});

for (const problem of [new UnreachableError('node gone', 'no'), new AuthError(403, 'not for you')]) {
  test(`a log that cannot be read (${problem.name}) is said once, and never ends the following`, async (t) => {
    const backend = new StubBackend([running, running, running, running, success]);
    backend.onLog = () => Promise.reject(problem);
    const { engine, clock } = rig({ backend });
    const events = await collect(engine.attach(refFor(clock)).events());
    const notices = events.filter(({ type }) => type === 'notice');
    t.is(notices.length, 1);
    t.regex(JSON.stringify(notices), new RegExp(problem.message));
    t.is(events.at(-1)?.type, 'outcome');
  });
}

test('a log that comes back and goes again is said again', async (t) => {
  const backend = new StubBackend([...Array.from({ length: 12 }, () => running), success]);
  let reads = 0;
  backend.onLog = async () => {
    reads++;
    if (reads === 3) return [line('back')];
    throw new UnreachableError('gone', 'no');
  };
  const { engine, clock } = rig({ backend });
  const events = await collect(engine.attach(refFor(clock)).events());
  t.is(events.filter(({ type }) => type === 'notice').length, 2);
  t.deepEqual(texts(events), ['back']);
});

test('a server that is silent is a notice, once', async (t) => {
  const { engine, clock } = rig({ backend: new StubBackend([running, silent, silent, silent, running, success]) });
  const events = await collect(engine.attach(refFor(clock)).events());
  t.is(events.filter(({ type }) => type === 'notice').length, 1);
  t.is(events.at(-1)?.type, 'outcome');
});

test('what was said last is read before the outcome', async (t) => {
  const backend = new StubBackend([running, success]);
  const said = [[], [line('early')], [line('last words')]];
  backend.onLog = async () => said.shift() ?? [];
  const { engine, clock } = rig({ backend });
  const events = await collect(engine.attach(refFor(clock)).events());
  t.deepEqual(texts(events), ['early', 'last words']);
  t.is(events.at(-1)?.type, 'outcome');
});

test('the last lines only, when that is asked for', async (t) => {
  const clock = testClock();
  const run = await testLivywire({ clock, script: () => ({ lines: ['1', '2', '3', '4'], afterMs: 4_000 }) }).submit(
    spec,
  );
  await clock.sleep(4_000);
  t.deepEqual(texts(await collect(run.logs({ tail: 2 }))), ['3', '4']);
  t.deepEqual(texts(await collect(run.logs({ tail: 2, follow: true }))), ['3', '4']);
});

test('a follower that leaves early leaves no timer behind', async (t) => {
  let asleep = 0;
  const inner = testClock({ auto: false });
  const clock = {
    now: () => inner.now(),
    sleep: async (ms: number, signal?: AbortSignal) => {
      asleep++;
      await inner.sleep(ms, signal).finally(() => asleep--);
    },
  };
  const backend = new StubBackend([running]);
  const { engine } = rig({ backend, clock });
  for await (const event of engine.attach(refFor(clock)).events()) {
    t.is(event.type, 'state');
    break;
  }
  t.is(asleep, 0);
  const asked = backend.requests.length;
  await inner.advance(1_000_000);
  t.is(backend.requests.length, asked);
});

test('a follower that is aborted rejects with the reason', async (t) => {
  const clock = testClock();
  const run = await testLivywire({ clock, script: () => ({ afterMs: 1e9, lines: ['x'] }) }).submit(spec);
  const abort = new AbortController();
  const why = new Error('enough');
  void clock.sleep(60_000).then(() => abort.abort(why));
  await t.throwsAsync(collect(run.events({ signal: abort.signal })), { is: why });
});

test('a follower whose time runs out says so as a wait does', async (t) => {
  const run = await testLivywire({ script: () => ({ afterMs: 1e9 }) }).submit(spec);
  await t.throwsAsync(collect(run.events({ timeoutMs: 60_000 })), { name: 'WaitTimeoutError' });
});

test('a bug in a log reader is not swallowed', async (t) => {
  const backend = new StubBackend([running]);
  backend.onLog = () => Promise.reject(new TypeError('a bug'));
  const { engine, clock } = rig({ backend });
  await t.throwsAsync(collect(engine.attach(refFor(clock)).events()), { instanceOf: TypeError });
});

test('logs are lines, gaps and notices only', async (t) => {
  const run = await testLivywire({ script: () => ({ lines: ['a'] }) }).submit(spec);
  const events = await collect(run.logs({ follow: true }));
  t.deepEqual(
    events.map(({ type }) => type),
    ['line'],
  );
});

test('lines that were handed out are not kept while an answer about the state is awaited', async (t) => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const given: WeakRef<readonly LogItem[]>[] = [];
  const backend = new StubBackend([running]);
  const { engine, clock } = rig({
    backend: Object.assign(backend, {
      status: (_: unknown, options?: { readonly signal?: AbortSignal }) =>
        new Promise<never>((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => reject(options.signal?.reason));
        }),
      open: () =>
        readerOf(async () => {
          const piece = [line(`${given.length}`)];
          given.push(new WeakRef(piece));
          return piece;
        }),
    }),
  });
  const abort = new AbortController();
  for await (const event of engine.attach(refFor(clock)).events({ signal: abort.signal })) {
    if (event.type !== 'line' || event.text !== '20') continue;
    await turn();
    collectGarbage();
    t.deepEqual(given.slice(0, 18).filter((ref) => ref.deref() !== undefined).length, 0);
    break;
  }
});

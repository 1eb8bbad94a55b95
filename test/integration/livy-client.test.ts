import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import type { LogItem, RunRef, RunStatus } from '../../src/core/index.js';
import { isFinal } from '../../src/core/index.js';
import { isLivyNotFound, LivyBackend, LivyClient, LivyRing } from '../../src/livy/index.js';
import { down, up, type UpOptions } from '../../src/local/index.js';
import { itemsOf } from '../helpers/log-readers.js';

// The client against a real Livy: with a real Spark for what a job does, with a stand-in for spark-submit where many are needed.
// LIVY_HOME names another Livy than the fetched 0.7.1.

// Its last two arguments say what it does: `lines 10000`.
const STUB = `#!/bin/sh
while [ $# -gt 2 ]; do shift; done
[ "$1" = lines ] || exit 0
exec python3 -c '
import sys, time
for i in range(int(sys.argv[1])):
    print(f"line {i}", flush=True)
    if i % 100 == 99: time.sleep(0.01)
' "$2"
`;

interface Place {
  readonly dir: string;
  readonly client: LivyClient;
  readonly close: () => Promise<void>;
}

async function place(name: string, options: (dir: string) => UpOptions): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), 'livy-client-'));
  await writeFile(join(dir, 'stub-submit'), STUB, { mode: 0o755 });
  await writeFile(join(dir, 'ok.py'), "print('hello from the job')\n");
  await writeFile(join(dir, 'fails.py'), "raise ValueError('made to fail')\n");
  await writeFile(join(dir, 'sleeps.py'), 'import time; print("sleeping", flush=True); time.sleep(300)\n');
  const { LIVY_HOME } = process.env;
  const where = { name, stateDir: join(dir, 'state') };
  const { url } = await up({ ...where, allow: [dir], ...(LIVY_HOME && { livyHome: LIVY_HOME }), ...options(dir) });
  const client = new LivyClient({ url });
  const close = async () => {
    client.close();
    await down(where);
    await rm(dir, { recursive: true, force: true });
  };
  return { dir, client, close };
}

let spark: Place;
let stub: Place;
test.before(async () => {
  spark = await place('client-spark', () => ({}));
  stub = await place('client-stub', (dir) => ({ sparkSubmit: join(dir, 'stub-submit') }));
});
test.after.always(async () => {
  await (spark as Place | undefined)?.close();
  await (stub as Place | undefined)?.close();
});

const planFor = (name: string, file: string, args: string[] = []) => ({ spec: { file, args }, name, tags: [name] });
const refTo = (name: string): RunRef => ({
  v: 1,
  key: name,
  attempt: 1,
  backend: 'livy',
  endpoint: 'http://livy.invalid',
  name,
  createdAt: '2026-11-01T00:00:00Z',
});

async function untilEnd(backend: LivyBackend, name: string): Promise<RunStatus> {
  for (;;) {
    const status = await backend.find(name);
    if (!status || isFinal(status)) return status ?? Promise.reject(new Error(`${name} is gone`));
    await delay(200);
  }
}

test('version names a release of Livy', async (t) => {
  t.regex((await spark.client.version()).version, /^\d+\.\d+\.\d+/);
});

test('a job runs to its end, and every read of it agrees', async (t) => {
  const { client, dir } = spark;
  const created = await client.batches.create({
    name: 'ok-1',
    file: join(dir, 'ok.py'),
    conf: { 'spark.ui.enabled': false },
  });
  t.is(created.name, 'ok-1');
  t.is((await untilEnd(new LivyBackend(client), 'ok-1')).state, 'succeeded');
  t.is((await client.batches.get(created.id)).name, 'ok-1');
  t.deepEqual(await client.batches.state('ok-1'), { id: created.id, state: 'success' });
  const log = await client.batches.log('ok-1', { size: -1 });
  t.true(log.log.includes('hello from the job'));
  t.is(log.total, log.log.length);
  t.deepEqual((await client.batches.log(created.id, { from: 0, size: 1 })).log, ['stdout: ']);
  const items = await itemsOf(new LivyRing(client).open(refTo('ok-1')).read(refTo('ok-1')));
  t.is(items.filter((item) => item.type === 'line' && item.text === 'hello from the job').length, 1);
});

test('a job that fails ends as failed, with its exception in the tail', async (t) => {
  const { client, dir } = spark;
  const backend = new LivyBackend(client);
  t.is((await backend.start(planFor('fails-1', join(dir, 'fails.py')))).kind, 'started');
  const ended = await untilEnd(backend, 'fails-1');
  t.is(ended.state, 'failed');
  t.true(ended.tail?.includes('ValueError: made to fail'));
});

test('a name that is held is a duplicate, and stop frees it', async (t) => {
  const { client, dir } = spark;
  const backend = new LivyBackend(client);
  const plan = planFor('sleeps-1', join(dir, 'sleeps.py'));
  t.is((await backend.start(plan)).kind, 'started');
  t.deepEqual(await backend.start(plan), { kind: 'duplicate' });
  t.is(await backend.stop(refTo('sleeps-1')), 'asked');
  t.is(await backend.find('sleeps-1'), undefined);
  t.is(await backend.stop(refTo('sleeps-1')), 'no-record');
});

test('what a refusal leaves behind holds the name until it is discarded', async (t) => {
  const { client, dir } = stub;
  const backend = new LivyBackend(client);
  const answer = await backend.start(planFor('zombie-1', '/etc/hosts'));
  t.like(answer, { kind: 'refused', leftover: true });
  t.like(await backend.find('zombie-1'), { state: 'waiting', tail: [] });
  const right = planFor('zombie-1', join(dir, 'ok.py'));
  t.is((await backend.start(right)).kind, 'duplicate');
  await backend.discard('zombie-1');
  t.is((await backend.start(right)).kind, 'started');
  await backend.discard('zombie-1'); // a real one stays
  t.is((await untilEnd(backend, 'zombie-1')).state, 'succeeded');
});

test('what is not there is told in the words of Livy', async (t) => {
  const { batches } = stub.client;
  for (const call of [
    () => batches.get(999_999),
    () => batches.get('nobody'),
    () => batches.state('nobody'),
    () => batches.log('nobody'),
    () => batches.delete('nobody'),
  ]) {
    t.true(isLivyNotFound(await t.throwsAsync(call)));
  }
});

test('250 batches are listed once each, a page at a time', async (t) => {
  const { client, dir } = stub;
  const names = Array.from({ length: 250 }, (_, i) => `many-${i}`);
  const left = [...names];
  const worker = async () => {
    for (let name = left.shift(); name; name = left.shift())
      await client.batches.create({ name, file: join(dir, 'ok.py') });
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  const seen: (string | undefined)[] = [];
  for await (const { name } of client.batches.list()) seen.push(name);
  t.is(new Set(seen).size, seen.length);
  t.deepEqual(seen.filter((name) => name?.startsWith('many-')).length, 250);
});

/** The numbers of the lines, and that each jump over some has a gap before it. */
function numbers(t: { true(value: boolean, message?: string): void }, items: readonly LogItem[]): number[] {
  const seen: number[] = [];
  let gap = false;
  for (const item of items) {
    // The ring may have turned before the first look.
    if (item.type === 'gap' || (item.type === 'notice' && item.text.includes('may be gone'))) gap = true;
    if (item.type !== 'line') continue;
    const n = Number(/^line (\d+)$/.exec(item.text)?.[1]);
    const next = (seen.at(-1) ?? -1) + 1;
    t.true(n === next || (n > next && gap), `line ${n} came after ${next - 1}${gap ? ', with a gap' : ''}`);
    gap = false;
    seen.push(n);
  }
  return seen;
}

test('10,000 lines over the ring: in order, none twice, every loss said', async (t) => {
  const { client, dir } = stub;
  const backend = new LivyBackend(client);
  const ref = refTo('lines-1');
  t.is((await backend.start(planFor('lines-1', join(dir, 'ok.py'), ['lines', '10000']))).kind, 'started');
  const reader = new LivyRing(client).open(ref);
  const items: LogItem[] = [];
  for (let over = false; !over;) {
    const status = await backend.find('lines-1');
    over = !status || isFinal(status);
    items.push(...(await itemsOf(reader.read(ref))));
  }
  items.push(...(await itemsOf(reader.finish(ref))));
  const seen = numbers(t, items);
  t.log(`${seen.length} of 10,000 lines came through, ${items.filter(({ type }) => type === 'gap').length} gaps`);
  t.is(seen.at(-1), 9_999);
});

test('fewer lines than the ring holds all come', async (t) => {
  const { client, dir } = stub;
  const backend = new LivyBackend(client);
  const ref = refTo('lines-2');
  await backend.start(planFor('lines-2', join(dir, 'ok.py'), ['lines', '150']));
  await untilEnd(backend, 'lines-2');
  const items = await itemsOf(new LivyRing(client).open(ref).read(ref));
  t.deepEqual(
    numbers(t, items),
    Array.from({ length: 150 }, (_, i) => i),
  );
  t.true(items.every(({ type }) => type === 'line'));
});

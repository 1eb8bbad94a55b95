import test, { type ExecutionContext } from 'ava';
import type { LogItem } from '../../src/core/index.js';
import { LivyClient, LivyRing, splitLog } from '../../src/livy/index.js';
import { itemsOf, loggedRef as ref } from '../helpers/log-readers.js';
import { type Exchange, made, RECORDED, recorded, replay } from '../helpers/replay.js';

const PATH = '/batches/livywire-x-a1/log?size=-1';

const log = (...lines: string[]): Exchange =>
  made('GET', PATH, 200, { id: 0, from: 0, total: lines.length, log: lines });
const stdout = (...lines: string[]): Exchange => log('stdout: ', ...lines, '\nstderr: ');
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `line ${from + i}`);

async function open(t: ExecutionContext, exchanges: readonly Exchange[], options?: { readonly tail?: number }) {
  const { url } = await replay(t, exchanges);
  const client = new LivyClient({ url, retries: 0 });
  t.teardown(() => client.close());
  return new LivyRing(client).open(ref, options);
}
const short = (items: readonly LogItem[]) =>
  items.map((item) => (item.type === 'line' ? `${item.stream}: ${item.text}` : item.type));

for (const version of RECORDED) {
  test(`${version}: headings are taken out of a recorded log`, (t) => {
    const { body } = recorded(version, 'until its end (dead)').response;
    const { stdout, stderr, diagnostics } = splitLog((body as { log: string[] }).log);
    t.is(stdout[0], 'Traceback (most recent call last):');
    t.false(stdout.some((line) => line.includes('stderr: ')));
    t.deepEqual([stderr, diagnostics], [[], []]);
  });
}

test('the three parts of the log come under their own streams', async (t) => {
  const reader = await open(t, [log('stdout: ', 'a', '\nstderr: ', 'b', '\nYARN Diagnostics: ', 'c')]);
  t.deepEqual(await itemsOf(reader.read(ref)), [
    { type: 'line', stream: 'stdout', text: 'a', source: 'livy' },
    { type: 'line', stream: 'stderr', text: 'b', source: 'livy' },
    { type: 'line', stream: 'yarn', text: 'c', source: 'livy' },
  ]);
});

test('a line of the job that reads as a heading stays a line', async (t) => {
  const reader = await open(t, [stdout('stdout: ', 'stderr: ', 'YARN Diagnostics: ')]);
  t.is((await itemsOf(reader.read(ref))).length, 3);
});

test('each line comes once, and nothing where nothing is new', async (t) => {
  const reader = await open(t, [log(), stdout(), stdout('a', 'a'), stdout('a', 'a'), stdout('a', 'a', 'b')]);
  const seen = [];
  for (let i = 0; i < 5; i++) seen.push(short(await itemsOf(reader.read(ref))));
  t.deepEqual(seen, [[], [], ['stdout: a', 'stdout: a'], [], ['stdout: b']]);
});

test('diagnostics are told when they change, and only what was added', async (t) => {
  const yarn = (...said: string[]) => log('stdout: ', '\nstderr: ', '\nYARN Diagnostics: ', ...said);
  const reader = await open(t, [yarn('waiting'), yarn('waiting'), yarn('waiting', 'still'), yarn(), yarn('failed')]);
  const seen = [];
  for (let i = 0; i < 5; i++) seen.push(short(await itemsOf(reader.read(ref))));
  t.deepEqual(seen, [['yarn: waiting'], [], ['yarn: still'], [], ['yarn: failed']]);
});

test('tail cuts what was there at the first reading, of each stream, and nothing later', async (t) => {
  const exchanges = [stdout(...lines(0, 50)), stdout(...lines(0, 60))];
  const reader = await open(t, exchanges, { tail: 2 });
  t.deepEqual(short(await itemsOf(reader.read(ref))), ['stdout: line 48', 'stdout: line 49']);
  t.is((await itemsOf(reader.read(ref))).length, 10);
});

test('tail 0 gives only what is new, and who asks for the tail is not told of what came before', async (t) => {
  const reader = await open(t, [stdout(...lines(0, 200)), stdout(...lines(0, 200))], { tail: 0 });
  t.deepEqual(await itemsOf(reader.read(ref)), []);
});

test('what a full ring dropped is a gap without a number, before the lines that follow it', async (t) => {
  const reader = await open(t, [
    stdout(...lines(0, 100)),
    stdout(...lines(0, 200)),
    stdout(...lines(500, 700)),
    stdout(...lines(500, 700)),
  ]);
  t.is((await itemsOf(reader.read(ref))).length, 100);
  t.is((await itemsOf(reader.read(ref))).length, 100);
  const items = await itemsOf(reader.read(ref));
  t.is(items.length, 201);
  t.like(items[0], { type: 'gap', stream: 'stdout', lines: undefined });
  t.like(items[1], { type: 'line', text: 'line 500' });
});

test('a ring that turns by more than half is read again at once, until it does not', async (t) => {
  const reader = await open(t, [
    stdout(...lines(0, 200)),
    stdout(...lines(150, 350)),
    stdout(...lines(300, 500)),
    stdout(...lines(310, 510)),
  ]);
  const items = (await itemsOf(reader.read(ref))).filter(({ type }) => type === 'line');
  t.deepEqual(
    items.map((item) => item.type === 'line' && item.text),
    lines(0, 510),
  );
});

test('lines that were read are given out though the next reading fails', async (t) => {
  const reader = await open(t, [
    stdout(...lines(0, 200)),
    made('GET', PATH, 500, { msg: 'no' }),
    stdout(...lines(0, 201)),
  ]);
  t.is((await itemsOf(reader.read(ref))).filter(({ type }) => type === 'line').length, 200);
  t.deepEqual(short(await itemsOf(reader.read(ref))), ['stdout: line 200']);
});

test('an error is thrown where nothing was read, and costs no line', async (t) => {
  const reader = await open(t, [made('GET', PATH, 503, ''), stdout('a')]);
  await t.throwsAsync(itemsOf(reader.read(ref)), { name: 'HttpStatusError' });
  t.deepEqual(short(await itemsOf(reader.read(ref))), ['stdout: a']);
});

test('a log that Livy forgot is said once', async (t) => {
  const gone = made('GET', PATH, 404, { msg: "Session 'livywire-x-a1' not found." });
  const reader = await open(t, [stdout('a'), gone, gone]);
  await itemsOf(reader.read(ref));
  t.deepEqual(short(await itemsOf(reader.read(ref))), ['notice']);
  t.deepEqual(await itemsOf(reader.finish(ref)), []);
});

test('a Livy that came back with an empty log: the loss is said once, then it goes on', async (t) => {
  const reader = await open(t, [stdout('a', 'b'), log(), log(), stdout('c')]);
  const seen = [];
  for (let i = 0; i < 4; i++) seen.push(short(await itemsOf(reader.read(ref))));
  t.deepEqual(seen, [['stdout: a', 'stdout: b'], ['gap'], [], ['stdout: c']]);
});

test('the log under our name that belongs to another id is not ours', async (t) => {
  const others = made('GET', PATH, 200, { id: 9, from: 0, total: 1, log: ['stdout: ', 'theirs', '\nstderr: '] });
  const reader = await open(t, [others]);
  t.deepEqual(short(await itemsOf(reader.read(ref))), ['notice']);
});

test('a batch without a name is read by id, once it is seen to be that batch', async (t) => {
  const view = (name: string | null) => made('GET', '/batches/0', 200, { id: 0, name, state: 'running', log: [] });
  const page = made('GET', '/batches/0/log?size=-1', 200, { id: 0, log: ['stdout: ', 'a', '\nstderr: '] });
  const reader = await open(t, [view(null), page, view('somebody-elses')]);
  const nameless = { ...ref, name: '' };
  t.deepEqual(short(await itemsOf(reader.read(nameless))), ['stdout: a']);
  t.deepEqual(short(await itemsOf(reader.read(nameless))), ['notice']);
});

test('an application that was found at YARN has no log at Livy, whatever its name there', async (t) => {
  const { id: _id, ...noId } = ref;
  t.deepEqual(await itemsOf((await open(t, [])).read({ ...noId, name: '', appId: 'application_1_1' })), []);
  const other = { id: 4, name: ref.name, state: 'running', appId: 'application_1_2', log: [] };
  const reader = await open(t, [made('GET', `/batches/${ref.name}`, 200, other)]);
  t.deepEqual(short(await itemsOf(reader.read({ ...noId, appId: 'application_1_1' }))), ['notice']);
});

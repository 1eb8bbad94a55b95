import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { LedgerConflictError, LedgerError } from '../../src/core/index.js';
import { fileLedger } from '../../src/run/index.js';
import { keysOf, ledgerContract, recordOf } from '../helpers/ledger-contract.js';

async function folderFor(t: ExecutionContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'livywire-ledger-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'state', 'ledger');
}
const record = recordOf;
const files = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
};
const recordFile = async (folder: string): Promise<string> =>
  (await files(folder)).find((file) => /[0-9a-f]{64}\.\d+\.json$/.test(file)) ?? '';
ledgerContract('in a folder', async (t) => {
  const folder = await folderFor(t);
  return () => fileLedger(folder);
});

test('a key may be any text, and is no path', async (t) => {
  const folder = await folderFor(t);
  const ledger = fileLedger(folder);
  for (const key of ['../../etc/passwd', 'a/b', 'ä 😀', '.', 'x'.repeat(1_000)]) {
    await ledger.create(record(key));
    t.is((await ledger.get(key))?.record.key, key);
  }
  t.is((await readdir(dirname(folder))).length, 1);
});

test('a writer that slept through several versions loses, though the name of its version is free again', async (t) => {
  const folder = await folderFor(t);
  const ledger = fileLedger(folder);
  const slept = await ledger.create(record('k'));
  let { version } = slept;
  for (let i = 0; i < 5; i++) ({ version } = await ledger.update({ ...record('k'), specHash: `v${i}` }, version));
  await t.throwsAsync(ledger.update({ ...record('k'), specHash: 'late' }, slept.version), {
    instanceOf: LedgerConflictError,
  });
  t.is((await ledger.get('k'))?.record.specHash, 'v4');
  t.is((await files(folder)).length, 1, 'and leaves nothing behind');
});

test('a creator that slept through several versions loses', async (t) => {
  const folder = await folderFor(t);
  const ledger = fileLedger(folder);
  const { version } = await ledger.create(record('k'));
  await ledger.update(record('k'), version);
  await t.throwsAsync(ledger.create(record('k')), { instanceOf: LedgerConflictError });
});

test.serial(
  'eight processes that add to one record lose no word and add none twice, and agree on the namespace',
  async (t) => {
    const folder = await folderFor(t);
    const ledger = fileLedger(folder);
    await ledger.create(record('words'));
    const script = fileURLToPath(new URL('../helpers/ledger-writer.ts', import.meta.url));
    const writers = Array.from({ length: 8 }, () => execa(process.execPath, ['--import=tsx', script, folder, '25']));
    const namespaces = (await Promise.all(writers)).map(({ stdout }) => stdout);
    const words = (await ledger.get('words'))?.record.spec.args ?? [];
    t.is(words.length, 200);
    t.is(new Set(words).size, 200);
    t.is(new Set(namespaces).size, 1);
    t.is((await files(join(folder, 'runs'))).length, 1);
  },
);

test('readers that read while a record is written always see it', async (t) => {
  const ledger = fileLedger(await folderFor(t));
  let { version } = await ledger.create(record('k'));
  let isOver = false;
  const readers = Array.from({ length: 4 }, async () => {
    let [seen, last] = [0, 0];
    while (!isOver) {
      const entry = await ledger.get('k');
      if (!entry || Number(entry.version) < last) return -1;
      last = Number(entry.version);
      seen++;
    }
    return seen;
  });
  for (let i = 0; i < 60; i++) ({ version } = await ledger.update({ ...record('k'), specHash: `v${i}` }, version));
  isOver = true;
  for (const seen of await Promise.all(readers)) t.true(seen > 0);
});

test('files are for their owner only, and so are folders', async (t) => {
  const folder = await folderFor(t);
  const ledger = fileLedger(folder);
  await ledger.namespace();
  await ledger.create(record('k'));
  for (const file of await files(folder)) t.is((await stat(file)).mode & 0o777, 0o600, file);
  const file = await recordFile(folder);
  for (const directory of [folder, join(folder, 'runs'), dirname(file)]) {
    t.is((await stat(directory)).mode & 0o777, 0o700, directory);
  }
});

test('what a crash leaves behind is not tripped over', async (t) => {
  const folder = await folderFor(t);
  const ledger = fileLedger(folder);
  const { version } = await ledger.create(record('k'));
  const shard = dirname(await recordFile(folder));
  await writeFile(join(shard, `.${randomUUID()}.draft`), '{"v":1,"key":"k"');
  await ledger.update({ ...record('k'), specHash: 'two' }, version);
  await writeFile((await recordFile(folder)).replace('.2.json', '.1.json'), 'half a reco'); // not cleaned away yet
  await mkdir(join(folder, 'runs', '.DS_Store.d'));
  await writeFile(join(folder, 'runs', '.DS_Store'), 'x');
  t.is((await ledger.get('k'))?.record.specHash, 'two');
  t.deepEqual(await keysOf(ledger.list()), ['k']);
});

for (const [what, text] of [
  ['no JSON', 'half a reco'],
  ['empty', ''],
  ['null', 'null'],
  ['a list', '[]'],
  ['another program’s', '{"hello":"world"}'],
  ['without attempts', '{"v":1,"key":"k","attempts":[]}'],
  ['of a newer version', '{"v":2,"key":"k"}'],
] as const) {
  test(`a record that is ${what} is a LedgerError that names the file`, async (t) => {
    const folder = await folderFor(t);
    const ledger = fileLedger(folder);
    const { version } = await ledger.create(record('k'));
    const file = await recordFile(folder);
    await writeFile(file, text);
    const expected = { instanceOf: LedgerError, message: new RegExp(file.split('/').at(-1) ?? '') };
    await t.throwsAsync(ledger.get('k'), expected);
    await t.throwsAsync(ledger.create(record('k')), expected);
    await ledger.update(record('k'), version); // whoever holds it already goes on
    t.is((await ledger.get('k'))?.record.key, 'k');
  });
  test(`a namespace file that is ${what} is a LedgerError, not another ledger`, async (t) => {
    const folder = await folderFor(t);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'ledger.json'), text);
    await t.throwsAsync(fileLedger(folder).namespace(), { instanceOf: LedgerError, message: /ledger\.json/ });
  });
}

test('one damaged record does not hide the others: it is left out of the list, and said', async (t) => {
  const folder = await folderFor(t);
  await fileLedger(folder).create(record('damaged'));
  const file = await recordFile(folder);
  await writeFile(file, '{"v":2}');
  const said: LedgerError[] = [];
  const ledger = fileLedger(folder, { onDamaged: (error) => said.push(error) });
  await ledger.create(record('whole'));
  t.deepEqual(await keysOf(ledger.list()), ['whole']);
  t.is(said.length, 1);
  t.true(said[0]?.message.includes(file.split('/').at(-1) ?? '?'));
  t.deepEqual(await keysOf(fileLedger(folder).list()), ['whole'], 'nobody has to listen');
});

test('a newer version says that a newer livywire wrote it', async (t) => {
  const folder = await folderFor(t);
  await fileLedger(folder).create(record('k'));
  await writeFile(await recordFile(folder), '{"v":2}');
  await t.throwsAsync(fileLedger(folder).get('k'), { message: /newer livywire/ });
});

test('a folder that cannot be written is a LedgerError', async (t) => {
  const folder = await folderFor(t);
  await mkdir(dirname(folder), { recursive: true });
  await writeFile(folder, 'a file where the folder should be');
  await t.throwsAsync(fileLedger(folder).create(record('k')), { instanceOf: LedgerError });
  await t.throwsAsync(fileLedger(folder).namespace(), { instanceOf: LedgerError });
});

test('an unreadable record is a LedgerError', async (t) => {
  if (process.getuid?.() === 0) return void t.pass('root reads everything');
  const folder = await folderFor(t);
  await fileLedger(folder).create(record('k'));
  await chmod(await recordFile(folder), 0o000);
  await t.throwsAsync(fileLedger(folder).get('k'), { instanceOf: LedgerError });
});

test('times of files mean nothing: only the version counts', async (t) => {
  const folder = await folderFor(t);
  const ledger = fileLedger(folder);
  const { version } = await ledger.create(record('k'));
  const first = await recordFile(folder);
  await ledger.update({ ...record('k'), specHash: 'two' }, version);
  await writeFile(first, JSON.stringify(record('k'))); // a leftover, written last
  await utimes(first, new Date('2030-01-01'), new Date('2030-01-01'));
  t.is((await ledger.get('k'))?.record.specHash, 'two');
  await unlink(first);
});

const day = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString();
/** More than are read each time. */
const MANY = 100;

async function manyRuns(folder: string) {
  const ledger = fileLedger(folder);
  for (let n = 0; n < MANY; n++) await ledger.create({ ...record(`k${n}`), updatedAt: day(n) });
  return ledger;
}

test('a list of many runs puts down their order, and the next one reads only what it shows', async (t) => {
  const folder = await folderFor(t);
  const ledger = await manyRuns(folder);
  const newest = Array.from({ length: MANY }, (_, i) => `k${MANY - 1 - i}`);
  t.deepEqual(await keysOf(ledger.list()), newest);
  t.is((await stat(join(folder, 'order.txt'))).mode & 0o777, 0o600);

  const entry = await ledger.get('k0');
  await ledger.update({ ...record('k0'), updatedAt: day(MANY) }, entry?.version ?? '');
  t.deepEqual(await keysOf(ledger.list({ limit: 3 })), ['k0', 'k99', 'k98'], 'what has changed since is found');
  const damaged: string[] = [];
  for (const file of await files(join(folder, 'runs'))) {
    if (!/"k(0|99|98)"/.test(await readFile(file, 'utf8'))) await writeFile(file, 'cut');
  }
  const reader = fileLedger(folder, { onDamaged: ({ message }) => damaged.push(message) });
  t.deepEqual(await keysOf(reader.list({ since: new Date(day(98)) })), ['k0', 'k99', 'k98']);
  t.deepEqual(damaged, [], 'the others were not read');
});

test('an order that is damaged, gone or cannot be written changes no list', async (t) => {
  const folder = await folderFor(t);
  const ledger = await manyRuns(folder);
  const wanted = await keysOf(ledger.list());
  const file = join(folder, 'order.txt');
  const text = await readFile(file, 'utf8');
  for (const damaged of [
    '',
    text.slice(0, 1_234),
    'nonsense\n'.repeat(9),
    text.replaceAll('Z\n', '\n'),
    `${'f'.repeat(64)}.7 ${day(5)}\n${text}`,
  ]) {
    await writeFile(file, damaged);
    t.deepEqual(await keysOf(ledger.list()), wanted);
  }
  await unlink(file);
  await mkdir(file);
  t.deepEqual(await keysOf(ledger.list()), wanted);
});

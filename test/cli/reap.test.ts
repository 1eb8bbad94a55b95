import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { fileLedger } from '../../src/run/index.js';
import { MemoryBackend, testClock, testLivywire } from '../../src/testing/index.js';
import { cli, type CliOptions, oneDocument, tempFolder } from '../helpers/cli.js';
import { attemptOf, recordFor, refFor } from '../helpers/engine.js';

const ENDPOINT = 'http://livy.test:8998';
const HOUR = 3_600_000;

/** A ledger with one run that ended unseen, one that goes on, and one whose submitter died before it sent anything. */
async function world(t: Parameters<typeof tempFolder>[0]) {
  const folder = await tempFolder(t);
  const clock = testClock();
  const ledger = fileLedger(folder);
  const backend = new MemoryBackend({
    clock,
    endpoint: ENDPOINT,
    script: ({ args = [] }) => ({ afterMs: args[0] === 'short' ? 60_000 : 100 * HOUR }),
  });
  const livywire = testLivywire({ clock, backend, ledger });
  const started = refFor(clock, { key: 'unsent', endpoint: ENDPOINT });
  const claim = {
    owner: 'gone/1',
    host: 'elsewhere',
    pid: 9,
    leaseUntil: new Date(clock.now() + 60_000).toISOString(),
  };
  await ledger.create(recordFor(started, { phase: 'claimed', posts: [], claim }));
  await livywire.submit({ file: 's3://b/etl.py', args: ['short'] }, { key: 'over' });
  await livywire.submit({ file: 's3://b/etl.py' }, { key: 'going' });
  await clock.sleep(2 * HOUR);
  const env = { LIVYWIRE_LEDGER: folder, LIVYWIRE_URL: ENDPOINT };
  const run = (argv: readonly string[], options: CliOptions = {}) => cli(argv, { clock, livywire, env, ...options });
  return { folder, clock, ledger, backend, livywire, run };
}

test('reap lists what has not ended in the ledger, and writes down the ends that came since', async (t) => {
  const { run, ledger } = await world(t);
  const { code, stdout } = await run(['reap']);
  t.is(code, 0);
  t.regex(stdout, /^over .* succeeded, written down now$/m);
  t.regex(stdout, /^going .* running$/m);
  t.regex(stdout, /^unsent .* never sent$/m);
  t.is((await attemptOf(ledger, 'over')).outcome?.kind, 'succeeded');
  t.is((await attemptOf(ledger, 'going')).phase, 'started');
  t.notRegex((await run(['reap'])).stdout, /^over/m);
});

test('--older-than leaves the young ones out', async (t) => {
  const { run, livywire } = await world(t);
  await livywire.submit({ file: 's3://b/etl.py' }, { key: 'young' });
  const { stdout } = await run(['reap', '--older-than', '1h', '--json']);
  const { runs } = oneDocument(t, stdout) as { runs: { key: string }[] };
  t.deepEqual(runs.map(({ key }) => key).sort(), ['going', 'over', 'unsent']);
  t.regex((await run(['reap', '--older-than', '30d'])).stderr, /nothing is left open/);
});

test('--cancel --yes stops what goes on and settles what was never sent', async (t) => {
  const { run, ledger, backend } = await world(t);
  const { code, stdout } = await run(['reap', '--cancel', '--yes', '--json']);
  t.is(code, 0);
  const { runs } = oneDocument(t, stdout) as { runs: { key: string; outcome?: { kind: string } }[] };
  t.deepEqual(runs.map(({ key, outcome }) => [key, outcome?.kind]).sort(), [
    ['going', 'cancelled'],
    ['over', 'succeeded'],
    ['unsent', 'cancelled'],
  ]);
  for (const key of ['going', 'unsent']) t.is((await attemptOf(ledger, key)).outcome?.kind, 'cancelled');
  t.is(backend.requests.filter((one) => one.startsWith('DELETE')).length, 1);
});

test('--cancel without --yes asks at a terminal, and refuses without one', async (t) => {
  const { run, ledger } = await world(t);
  const refused = await run(['reap', '--cancel']);
  t.is(refused.code, 2);
  t.regex(refused.stderr, /no terminal to ask at; give --yes/);
  const tty = { stdin: true, stderr: true };
  let asked = '';
  const answer = (said: string) => ({ tty, ask: async ({ text }: { text: string }) => ((asked = text), said) });
  t.is((await run(['reap', '--cancel'], answer('no'))).code, 0);
  t.is(asked, 'Stop these 2 runs?');
  t.is((await attemptOf(ledger, 'going')).phase, 'started');
  await run(['reap', '--cancel'], answer('yes'));
  t.is((await attemptOf(ledger, 'going')).phase, 'ended');
});

test('what is being submitted, and what is at another server, is left alone', async (t) => {
  const { run, ledger, clock } = await world(t);
  const leaseUntil = new Date(clock.now() + 60_000).toISOString();
  const claim = { owner: 'other/1', host: 'elsewhere', pid: 9, leaseUntil };
  await ledger.create(
    recordFor(refFor(clock, { key: 'now', endpoint: ENDPOINT }), { phase: 'claimed', posts: [], claim }),
  );
  await ledger.create(recordFor(refFor(clock, { key: 'there', endpoint: 'http://other:8998' })));
  const { stdout } = await run(['reap', '--cancel', '--yes']);
  t.regex(stdout, /^now .* being submitted by process 9 on elsewhere$/m);
  t.regex(stdout, /^there .* not asked: it is at http:\/\/other:8998$/m);
  t.is((await attemptOf(ledger, 'now')).phase, 'claimed');
  t.is((await attemptOf(ledger, 'there')).phase, 'started');
});

test('a server that does not answer is 3, and nothing is written down', async (t) => {
  const { run, ledger, backend } = await world(t);
  backend.down();
  t.is((await run(['reap'])).code, 3);
  t.is((await attemptOf(ledger, 'over')).phase, 'started');
});

test('drafts that a killed writer left in the ledger are swept after an hour', async (t) => {
  const { run, folder, clock } = await world(t);
  const shard = join(folder, 'runs', 'aa');
  await mkdir(shard, { recursive: true });
  const draft = (i: number) => join(shard, `.0000000${i}-0000-4000-8000-000000000000.draft`);
  for (const [i, ageMs] of [2 * HOUR, HOUR / 2].entries()) {
    await writeFile(draft(i), '{}');
    const at = (clock.now() - ageMs) / 1_000;
    await utimes(draft(i), at, at);
  }
  t.regex((await run(['reap'])).stderr, /left in the ledger: 1 draft$/m);
  t.is((await readdir(shard)).length, 1);
});

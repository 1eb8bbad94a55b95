import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import type { CallOptions, RunRef } from '../../src/core/index.js';
import { fileLedger } from '../../src/run/index.js';
import { MemoryBackend, testClock, testLivywire } from '../../src/testing/index.js';
import { cli, type CliOptions, oneDocument, startCli, tempFolder } from '../helpers/cli.js';
import { attemptOf, entryOf, recordFor, refFor, rig } from '../helpers/engine.js';
import { FakeRegistry } from '../helpers/fake-registry.js';
import { dead, StubBackend } from '../helpers/stub-backend.js';

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

test('a request whose submitter died is settled: started for certain, or for certain not', async (t) => {
  const { run, ledger, clock, livywire } = await world(t);
  const left = async (key: string) => {
    const { name } = await livywire.plan({ file: 's3://b/etl.py' }, { key });
    const ref = refFor(clock, { key, name: String(name), endpoint: ENDPOINT });
    const { id: _, ...unknown } = ref;
    await ledger.create(recordFor(unknown, { phase: 'posting' }));
    return String(name);
  };
  await left('nothing');
  const name = await left('there');
  await livywire.backend.start({ spec: { file: 's3://b/etl.py' }, name, tags: [name] });
  const { stdout } = await run(['reap']);
  t.regex(stdout, /^nothing .* sent, and never started$/m);
  t.regex(stdout, /^there .* running$/m);
  t.is((await attemptOf(ledger, 'there')).phase, 'started');
  await run(['reap', '--cancel', '--yes']);
  t.is((await attemptOf(ledger, 'there')).outcome?.kind, 'cancelled');
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

test('an end that nobody explained, for whoever saw it was killed, is explained', async (t) => {
  const { run, ledger } = await world(t);
  await run(['reap']);
  const entry = await entryOf(ledger, 'over');
  const [attempt] = entry.record.attempts;
  const unfinished = { raw: 'success', state: 'succeeded', source: 'livy', links: {} } as const;
  await ledger.update({ ...entry.record, attempts: [{ ...attempt!, unfinished }] }, entry.version);
  t.regex((await run(['reap'])).stdout, /^over .* succeeded, explained now$/m);
  t.is((await attemptOf(ledger, 'over')).unfinished, undefined);
});

test('an old run whose end the servers do not agree on is watched long enough to be written down', async (t) => {
  const clock = testClock();
  const folder = await tempFolder(t);
  const ledger = fileLedger(folder);
  const registry = new FakeRegistry(clock);
  registry.cannotProve = 'YARN hides what is not ours';
  const backend = new StubBackend([dead], ENDPOINT);
  const { engine } = rig({ backend, clock, ledger, registry });
  const livywire = {
    ...testLivywire({ clock, ledger }),
    find: (key: string) => engine.find(key),
    close: async () => {},
  };
  await ledger.create(recordFor(refFor(clock, { key: 'old', endpoint: ENDPOINT })));
  await clock.sleep(30 * 24 * HOUR);
  const start = clock.now();
  const env = { LIVYWIRE_LEDGER: folder, LIVYWIRE_URL: ENDPOINT };
  const { stdout } = await cli(['reap', '--json'], { clock, livywire, env });
  const { runs } = oneDocument(t, stdout) as { runs: { key: string; state?: string; outcome?: { kind: string } }[] };
  t.deepEqual(
    runs.map(({ key, state, outcome }) => [key, state, outcome?.kind]),
    [['old', undefined, 'failed']],
    'one word for one thing',
  );
  t.is((await attemptOf(ledger, 'old')).outcome?.kind, 'failed');
  t.true(clock.now() - start <= 60_000, `${clock.now() - start}`);
});

for (const [signal, code] of [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const) {
  test(`${signal} while runs are stopped says of each how far it came, and exits with ${code}`, async (t) => {
    const { clock, livywire, backend, folder } = await world(t);
    const env = { LIVYWIRE_LEDGER: folder, LIVYWIRE_URL: ENDPOINT };
    const flags = ['reap', '--cancel', '--yes'] as const;
    for (const json of [false, true]) {
      backend.stop = (_ref: RunRef, options?: CallOptions) =>
        new Promise<never>((_resolve, reject) => {
          options?.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error));
          setImmediate(() => started.send(signal));
        });
      const started = startCli(json ? [...flags, '--json'] : flags, { clock, livywire, env });
      const { code: seen, stdout } = await started.done;
      t.is(seen, code);
      if (json) t.like(oneDocument(t, stdout), { kind: 'reap', reason: 'signal' });
      else t.regex(stdout, /^going .* asked to stop, without an answer so far; may be running$/m);
    }
  });
}

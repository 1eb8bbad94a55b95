import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { fileLedger } from '../../src/run/index.js';
import { MemoryBackend, testClock, testLivywire } from '../../src/testing/index.js';
import { cli, type CliOptions, oneDocument, tempFolder } from '../helpers/cli.js';
import { recordedEvents } from '../helpers/spark-facts.js';

const ENDPOINT = 'http://livy.test:8998';
const JOB = 's3://b/etl.py';
const DAY_MS = 86_400_000;

/** A ledger, a working folder, and one submitted run `sales/1` in it. */
async function world(t: Parameters<typeof tempFolder>[0], script: object = { afterMs: DAY_MS }) {
  const cwd = await tempFolder(t);
  const folder = await tempFolder(t);
  const clock = testClock();
  const backend = new MemoryBackend({ clock, endpoint: ENDPOINT, script: () => script });
  const livywire = testLivywire({ clock, backend, ledger: fileLedger(folder) });
  const env = { LIVYWIRE_LEDGER: folder, LIVYWIRE_URL: ENDPOINT };
  // As a cluster that is found has a YARN; nobody answers there.
  const connect: CliOptions['connect'] = (_, options) => {
    options?.cluster?.onFound?.({ yarnUrl: 'http://127.0.0.1:9' });
    return livywire;
  };
  const run = (...argv: readonly string[]) => cli(argv, { clock, connect, env, cwd });
  const submitted = await run('submit', '--key', 'sales/1', '--conf', 'spark.x.password=hunter2', JOB, 'a b', "it's");
  t.is(submitted.code, 0, submitted.stderr);
  return { cwd, clock, run, ledger: fileLedger(folder) };
}

const failed = { outcome: 'failed', afterMs: 60_000, lines: ['one', 'two'] } as const;

test('report writes one page, named after the run, and says where', async (t) => {
  const { run, clock, cwd } = await world(t, failed);
  await clock.sleep(61_000);
  const { code, stdout, stderr } = await run('report', 'sales/1');
  t.is(code, 0, stderr);
  t.is(stdout, `${join(cwd, 'livywire-report-sales_1.html')}\n`);
  t.deepEqual(await readdir(cwd), ['livywire-report-sales_1.html']);
  t.is((await stat(join(cwd, 'livywire-report-sales_1.html'))).mode & 0o777, 0o600); // it holds log lines
  const html = await readFile(join(cwd, 'livywire-report-sales_1.html'), 'utf8');
  t.true(/<span class="word">failed<\/span\s*>/.test(html));
  t.true(html.includes('<span class="text">two</span>'));
  t.false(html.includes('hunter2'));
});

test('report and explain-run ask the servers, whoever watches', async (t) => {
  const folder = await tempFolder(t);
  const clock = testClock();
  const backend = new MemoryBackend({ clock, endpoint: ENDPOINT, script: () => ({ afterMs: DAY_MS }) });
  const livywire = testLivywire({ clock, backend, ledger: fileLedger(folder) });
  await livywire.submit({ file: JOB }, { key: 'sales/1' });
  const env = { LIVYWIRE_LEDGER: folder, LIVYWIRE_URL: ENDPOINT };
  const believed = new Map<string, boolean | undefined>();
  for (const verb of ['report', 'explain-run', 'status']) {
    const connect: CliOptions['connect'] = (_, options) => {
      believed.set(verb, options?.believeWatcher);
      return livywire;
    };
    await cli([verb, '--json', 'sales/1'], { clock, connect, env, cwd: folder });
  }
  t.deepEqual([...believed.values()], [false, false, true]);
});

test('report and explain-run say why a run failed whose end was written down, and whoever wrote it was gone before its log was read', async (t) => {
  const traceback = ['Traceback (most recent call last):', '  File "etl.py", line 1', 'ValueError: no such day'];
  for (const verb of ['report', 'explain-run']) {
    const { run, clock, ledger } = await world(t, { ...failed, lines: traceback });
    await clock.sleep(61_000);
    t.is((await run('wait', 'sales/1')).code, 1);
    const { record, version } = (await ledger.get('sales/1'))!;
    const [attempt] = record.attempts;
    const diagnosis = { code: 'UNKNOWN', title: 'It ended as dead', transient: false, lines: [], next: [] };
    const outcome = { ...attempt!.outcome!, kind: 'failed', diagnosis } as const;
    const unfinished = { raw: 'dead', state: 'failed', source: 'livy', links: {} } as const;
    await ledger.update({ ...record, attempts: [{ ...attempt!, outcome, unfinished }] }, version);
    const seen = oneDocument(t, (await run(verb, '--json', 'sales/1')).stdout);
    t.like(seen, { outcome: { kind: 'failed', diagnosis: { code: 'PYTHON_EXCEPTION' } } });
    t.is((await ledger.get('sales/1'))?.record.attempts[0]?.unfinished, undefined);
  }
});

test('what stands behind a cluster that was found is asked as if it had been named', async (t) => {
  const { run, clock, ledger } = await world(t, failed);
  await clock.sleep(61_000);
  const { record, version } = (await ledger.get('sales/1'))!;
  const attempts = record.attempts.map((one) => ({ ...one, appId: 'application_1792000000000_0001' }));
  await ledger.update({ ...record, attempts }, version);
  const { stdout } = await run('explain-run', '--json', 'sales/1');
  t.regex(JSON.stringify(oneDocument(t, stdout)), /YARN's word about it: [^"]*127\.0\.0\.1:9/);
});

test('report replaces a file only with --force, and says so before it asks any server', async (t) => {
  const { run, cwd } = await world(t);
  await writeFile(join(cwd, 'run.html'), 'mine');
  const refused = await run('report', 'sales/1', '-o', 'run.html');
  t.is(refused.code, 2);
  t.regex(refused.stderr, /run\.html is there already; .*--force/);
  t.is(await readFile(join(cwd, 'run.html'), 'utf8'), 'mine');
  t.is((await run('report', 'sales/1', '-o', 'run.html', '--force')).code, 0);
  t.true((await readFile(join(cwd, 'run.html'), 'utf8')).startsWith('<!doctype html>'));
  t.deepEqual(await readdir(cwd), ['run.html']);
});

test('report -o - writes the page to stdout, and report into a folder that is not there is 2', async (t) => {
  const { run, cwd } = await world(t);
  const { stdout } = await run('report', 'sales/1', '-o', '-');
  t.true(/^<!doctype html>[^]*<\/html>\s*$/.test(stdout));
  t.deepEqual(await readdir(cwd), []);
  const wrong = await run('report', 'sales/1', '-o', 'no/such/run.html');
  t.is(wrong.code, 2);
  t.regex(wrong.stderr, /cannot be written \(ENOENT\)/);
});

test('report --json is the data of the report, and writes no file', async (t) => {
  const { run, cwd } = await world(t);
  const document = oneDocument(t, (await run('report', '--json', 'sales/1')).stdout);
  t.like(document, { v: 1, kind: 'report', title: 'sales/1', ref: { key: 'sales/1' }, status: { state: 'running' } });
  t.deepEqual(await readdir(cwd), []);
  t.is((await run('report', '--json', '-o', '-', 'sales/1')).code, 2);
});

test('report --event-log needs no run and no server', async (t) => {
  const cwd = await tempFolder(t);
  const { code, stdout, stderr } = await cli(['report', '--event-log', recordedEvents()], { cwd });
  t.is(code, 0, stderr);
  t.is(stdout, `${join(cwd, 'livywire-report-application_1795406199772_0004.html')}\n`);
  t.regex(stderr, /not in the report: how it ended/);
  t.is((await cli(['report'], { cwd })).code, 2);
});

test('report with --event-log has the run and the stages of the file', async (t) => {
  const { run } = await world(t, failed);
  const document = oneDocument(t, (await run('report', '--json', '--event-log', recordedEvents(), 'sales/1')).stdout);
  t.like(document, { title: 'sales/1', spark: { name: 'skewed', completed: true } });
});

test('explain-run of a failed run has outcome, times and commands that can be pasted', async (t) => {
  const { run, clock } = await world(t, failed);
  await clock.sleep(61_000);
  const { code, stdout } = await run('explain-run', 'sales/1');
  t.is(code, 0);
  t.regex(stdout, /^failed {2}sales\/1/);
  t.regex(stdout, /^ {2}livywire logs --tail 200 sales\/1$/m);
  const again = `livywire run --key sales/1 --retry-of failed --conf 'spark.x.password=(redacted)' ${JOB} 'a b' 'it'\\''s'`;
  t.true(stdout.includes(`  ${again}\n`), stdout);
  const { next } = oneDocument(t, (await run('explain-run', '--json', 'sales/1')).stdout) as { next: unknown[] };
  t.is(next.length, 3);
});

test('explain-run of a run that goes on offers to follow and to stop it', async (t) => {
  const { run } = await world(t);
  const { stdout } = await run('explain-run', 'sales/1', '--url', ENDPOINT);
  t.regex(stdout, /^running {2}sales\/1/);
  t.true(stdout.includes(`livywire attach --url ${ENDPOINT} sales/1`));
  t.true(stdout.includes(`livywire cancel --url ${ENDPOINT} sales/1`));
});

test('a run nobody knows is 2 for report and explain-run', async (t) => {
  const { run } = await world(t);
  for (const verb of ['report', 'explain-run']) t.is((await run(verb, 'other')).code, 2, verb);
});

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { readEventLog, readSparkFacts } from '../../src/hadoop/index.js';
import { Http } from '../../src/http/index.js';
import { tempFolder } from '../helpers/cli.js';
import { RECORDED_APP, recordedEvents, recordedHistory } from '../helpers/spark-facts.js';

async function fromHistory(t: Parameters<typeof recordedHistory>[0]) {
  const { url } = await recordedHistory(t);
  const http = new Http({ baseUrl: url, retries: 0 });
  t.teardown(() => http.close());
  return { http, facts: await readSparkFacts(RECORDED_APP, { http, base: '', source: 'History Server' }) };
}

test('the History Server and the event log tell the same facts', async (t) => {
  const { facts } = await fromHistory(t);
  const log = await readEventLog(recordedEvents());
  t.truthy(facts);
  const byName = (a: readonly string[], b: readonly string[]): number => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1);
  const comparable = (one: typeof log) => ({ ...one, source: '', properties: [...one.properties].sort(byName) });
  t.deepEqual(comparable(facts!), comparable(log));
});

test('jobs, stages, tasks, executors and queries are told as Spark counted them', async (t) => {
  const { name, sparkVersion, attemptId, completed, jobs, stages, executors, queries, missing } =
    await readEventLog(recordedEvents());
  t.like(
    { name, sparkVersion, attemptId, completed },
    { name: 'skewed', sparkVersion: '3.5.8', attemptId: '1', completed: true },
  );
  t.deepEqual(missing, []);
  t.is(jobs.length, 5);
  t.like(jobs[2], { state: 'succeeded', description: 'step 1 of 2', name: 'count at skewed.py:48', stageIds: [9, 10] });
  t.deepEqual([...new Set(stages.map(({ state }) => state))].sort(), ['done', 'skipped']);
  const joined = stages.find(({ id }) => id === 2);
  t.truthy(joined?.taskMs);
  t.true(joined!.taskMs!.max > 5 * joined!.taskMs!.median, 'one key holds most of the rows');
  t.true(joined!.diskSpilledBytes > 1_000_000);
  t.is(joined!.slowest?.length, 5);
  t.is(joined!.slowest?.[0]?.tookMs, joined!.taskMs!.max);
  t.deepEqual(executors.map(({ id }) => id).sort(), ['1', '2', 'driver']);
  t.is(
    executors.reduce((sum, { tasksDone }) => sum + tasksDone, 0),
    stages.reduce((sum, { tasks }) => sum + tasks.done, 0),
  );
  t.regex(queries[0]?.plan ?? '', /SortMergeJoin/);
});

test('an application that the History Server does not know is no facts', async (t) => {
  const { http } = await fromHistory(t);
  t.is(await readSparkFacts('application_1_0001', { http, base: '', source: 'History Server' }), undefined);
});

test('a list that cannot be had is named, and the rest is told', async (t) => {
  const { http } = await fromHistory(t);
  const get = http.get.bind(http);
  http.get = (path, options) => get(path.endsWith('/allexecutors') ? '/gone' : path, options);
  const facts = await readSparkFacts(RECORDED_APP, { http, base: '', source: 'History Server' });
  t.is(facts?.jobs.length, 5);
  t.deepEqual(facts?.executors, []);
  t.is(facts?.missing.length, 1);
  t.regex(facts?.missing[0] ?? '', /^executors: /);
});

test('a rolled event log is read from its last compacted file on, in the order of its numbers', async (t) => {
  const folder = join(await tempFolder(t), 'eventlog_v2_application_1_0001');
  await mkdir(folder);
  const lines = (await readFile(recordedEvents(), 'utf8')).trimEnd().split('\n');
  const half = Math.floor(lines.length / 2);
  await writeFile(join(folder, 'appstatus_application_1_0001'), '');
  await writeFile(join(folder, 'events_1_application_1_0001'), 'replaced by the compacted file');
  await writeFile(join(folder, 'events_2_application_1_0001.compact'), lines.slice(0, half).join('\n'));
  await writeFile(join(folder, 'events_2_application_1_0001'), 'replaced by the compacted file');
  await writeFile(join(folder, 'events_10_application_1_0001'), lines.slice(-1).join('\n'));
  await writeFile(join(folder, 'events_9_application_1_0001'), lines.slice(half, -1).join('\n'));
  const whole = await readEventLog(recordedEvents());
  t.deepEqual({ ...(await readEventLog(folder)), source: '' }, { ...whole, source: '' });
});

test('a log that is still written to is told as far as it goes, with its broken last line', async (t) => {
  const path = join(await tempFolder(t), 'application_1_0001_1.inprogress');
  const text = await readFile(recordedEvents(), 'utf8');
  await writeFile(path, text.slice(0, text.indexOf('"SparkListenerJobEnd"') + 40));
  const facts = await readEventLog(path);
  t.false(facts.completed);
  t.is(facts.jobs[0]?.state, 'running');
  t.deepEqual(facts.missing.length, 2);
});

for (const [name, content, codec] of [
  ['app_1.zstd', '', 'zstd'],
  ['app_1.lz4', '', 'lz4'],
  ['app_1.zstd.inprogress', '', 'zstd'],
  ['app_1', Buffer.from('28b52ffd00', 'hex'), 'zstd'],
  ['app_1', Buffer.from('LZ4Block...'), 'lz4'],
] as const) {
  test(`a compressed event log is refused with a way out: ${name} ${codec} ${content.length}`, async (t) => {
    const path = join(await tempFolder(t), name);
    await writeFile(path, content);
    const error = await t.throwsAsync(readEventLog(path));
    t.like(error, { name: 'ConfigError', field: '--event-log' });
    t.regex(error.message, new RegExp(`compressed \\(${codec}\\); .*(?:zstd -d|History Server)`));
  });
}

test('what is no event log is refused', async (t) => {
  const folder = await tempFolder(t);
  await writeFile(join(folder, 'text'), 'hello');
  await t.throwsAsync(readEventLog(join(folder, 'text')), { message: /not an event log/ });
  await t.throwsAsync(readEventLog(folder), { message: /folder without events_1_/ });
  await t.throwsAsync(readEventLog(join(folder, 'nothing')), { message: /cannot be read \(ENOENT\)/ });
});

test('U+2028 in a name ends no line of an event log', async (t) => {
  const path = join(await tempFolder(t), 'log');
  const start = {
    Event: 'SparkListenerApplicationStart',
    'App Name': 'a\u2028b',
    'App ID': 'application_1_0001',
    Timestamp: 5,
  };
  await writeFile(path, `${JSON.stringify(start).replace('\\u2028', '\u2028')}\n`);
  t.like(await readEventLog(path), { name: 'a\u2028b', appId: 'application_1_0001', startedMs: 5 });
});

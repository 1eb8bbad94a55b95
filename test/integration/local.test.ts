import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import {
  down,
  instanceLogs,
  instances,
  instanceStatus,
  killServer,
  packageRoot,
  startServer,
  up,
  type UpOptions,
} from '../../src/local/index.js';
import { isAlive, markedProcesses } from '../../src/local/process-id.js';
import { readRecord } from '../../src/local/record.js';
import { ask, runToEnd } from '../helpers/livy-rest.js';

const stub = fileURLToPath(new URL('../helpers/stub-spark-submit.sh', import.meta.url));
const upAndWait = fileURLToPath(new URL('../helpers/up-and-wait.ts', import.meta.url));

/** A state folder of the test's own; whatever is up in it goes down with the test. */
async function places(t: ExecutionContext): Promise<{ stateDir: string; allow: string[] }> {
  t.timeout(900_000); // the first one fetches everything
  const stateDir = await mkdtemp(join(tmpdir(), 'livywire-local-'));
  t.teardown(async () => {
    for (const { name } of await instances({ stateDir })) await down({ name, stateDir });
    await rm(stateDir, { recursive: true, force: true });
  });
  return { stateDir, allow: [stateDir] };
}

async function tokenOf(dir: string): Promise<string> {
  const record = await readRecord(dir);
  if (record === undefined) throw new Error(`no record in ${dir}`);
  return record.token;
}

test.serial('up starts a Livy that runs a real Spark job; down leaves nothing of it', async (t) => {
  const where = await places(t);
  const instance = await up(where);
  t.regex(instance.url, /^http:\/\/127\.0\.0\.1:\d+$/);

  const jobs = join(packageRoot(), 'jobs');
  const out = join(where.stateDir, 'counts');
  const words = { file: join(jobs, 'wordcount.py'), args: [join(packageRoot(), 'LICENSE'), out, '3'] };
  const counted = await runToEnd(instance.url, words);
  t.is(counted.state, 'success', counted.log.join('\n'));
  t.true(
    counted.log.some((line) => /^ +\d+ {2}the$/.test(line)),
    counted.log.join('\n'),
  );
  await t.notThrowsAsync(access(join(out, '_SUCCESS')));

  const example = join(instance.dir, 'work', 'examples', 'src', 'main', 'python', 'ml', 'kmeans_example.py');
  const kmeans = await runToEnd(instance.url, { file: await realpath(example) });
  t.is(kmeans.state, 'success', "Spark's own example reads the data beside it");

  const token = await tokenOf(instance.dir);
  t.true(await down(where));
  t.deepEqual(await markedProcesses(token), []);
  await t.throwsAsync(access(instance.dir));
  await t.throwsAsync(fetch(`${instance.url}/version`));
});

test.serial('down also stops a Spark job that is running', async (t) => {
  const where = await places(t);
  const { url, dir } = await up(where);
  await ask(`${url}/batches`, 'POST', { file: join(packageRoot(), 'jobs', 'sleep.py'), args: ['600'] });
  const token = await tokenOf(dir);
  while ((await markedProcesses(token)).length < 2) await delay(100);
  await down(where);
  t.deepEqual(await markedProcesses(token), []);
});

test.serial('two instances run side by side, each with its own batches', async (t) => {
  const where = await places(t);
  const options = { ...where, sparkSubmit: stub };
  const [one, two] = await Promise.all([up({ ...options, name: 'one' }), up({ ...options, name: 'two' })]);
  t.not(one.url, two.url);
  const job = join(where.stateDir, 'job.py');
  await writeFile(job, '');
  const batch = await runToEnd(one.url, { file: job, args: ['lines=2'] });
  t.is(batch.state, 'success');
  t.true(batch.log.includes('line 2'));
  t.like(await ask(`${two.url}/batches`), { total: 0 });

  await down({ ...where, name: 'one' });
  t.deepEqual(
    (await instances(where)).map(({ name, state }) => [name, state]),
    [['two', 'up']],
  );
  t.is((await instanceStatus('two', where))?.url, two.url);
});

test.serial('a second up finds the running instance, and refuses other options', async (t) => {
  const options = { ...(await places(t)), sparkSubmit: stub };
  const first = await up(options);
  const second = await up(options);
  t.true(second.reused);
  t.is(second.pid, first.pid);
  const other: UpOptions = { ...options, conf: { 'livy.cache-log.size': '10' } };
  await t.throwsAsync(up(other), { code: 'CONFIG_INVALID', message: /with another conf; .*livywire local down/ });
});

test.serial('an up that is killed half-way leaves nothing that the next one trips over', async (t) => {
  const where = await places(t);
  const options = { ...where, sparkSubmit: stub };
  const child = spawn(process.execPath, ['--import=tsx', upAndWait, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) {
    if (!line.startsWith('start ')) continue;
    child.kill('SIGKILL');
    break;
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  const token = await tokenOf(join(where.stateDir, 'default'));

  const instance = await up(options);
  t.is((await instanceStatus('default', where))?.state, 'up');
  t.deepEqual(await markedProcesses(token), [], 'what the killed one had started is gone');
  t.not(await tokenOf(instance.dir), token);
});

test.serial('a Livy that cannot start is reported with the end of its log, and nothing is left running', async (t) => {
  const where = await places(t);
  const options = { ...where, sparkSubmit: stub, conf: { 'livy.server.session.state-retain.sec': 'nonsense' } };
  const error = await t.throwsAsync(up(options), { code: 'LOCAL' });
  t.regex(error.message, /livy ended while it was starting/);
  t.regex(error.message, /nonsense|Exception/);
  t.is((await instanceStatus('default', where))?.state, 'broken');
  t.deepEqual(await markedProcesses(await tokenOf(join(where.stateDir, 'default'))), []);
  // The next up, with better options, is not hindered by it.
  await t.notThrowsAsync(up({ ...where, sparkSubmit: stub }));
});

test.serial('a Livy that crashed comes back on its port and counts its batches from 0 again', async (t) => {
  const options = { ...(await places(t)), sparkSubmit: stub };
  const first = await up(options);
  const job = join(options.stateDir, 'job.py');
  await writeFile(job, '');
  t.is((await runToEnd(first.url, { file: job })).id, 0);

  t.true(await killServer({ ...options, signal: 'SIGKILL' }));
  t.is((await instanceStatus('default', options))?.state, 'broken');
  const [livy] = first.servers;
  t.false(livy !== undefined && (await isAlive(livy.process)));
  t.false(await killServer({ ...options, signal: 'SIGKILL' }), 'there is nothing left to kill');

  const again = await startServer(options);
  t.is(again.url, first.url);
  t.not(again.pid, first.pid);
  t.is((await runToEnd(again.url, { file: job })).id, 0);
});

test.serial("Livy's own log is readable, and its configuration is its owner's alone", async (t) => {
  const options = { ...(await places(t)), sparkSubmit: stub };
  const { dir } = await up(options);
  const lines: string[] = [];
  for await (const line of instanceLogs(options)) lines.push(line);
  t.true(
    lines.some((line) => line.includes('Starting server on http://127.0.0.1')),
    lines.join('\n'),
  );
  t.regex(await readFile(join(dir, 'conf', 'livy.conf'), 'utf8'), /^livy\.server\.host = 127\.0\.0\.1$/m);
});

test.serial('a port that is taken is refused before anything is started', async (t) => {
  const options = { ...(await places(t)), sparkSubmit: stub };
  const { url } = await up({ ...options, name: 'one' });
  const port = Number(new URL(url).port);
  await t.throwsAsync(up({ ...options, name: 'two', port }), { code: 'CONFIG_INVALID', message: /is taken/ });
});

test.serial('an up that is told to stop rejects with that reason and leaves nothing running', async (t) => {
  const options = { ...(await places(t)), sparkSubmit: stub };
  const stop = new AbortController();
  const reason = new Error('enough');
  const started = up({
    ...options,
    signal: stop.signal,
    onProgress: ({ step }) => {
      if (step === 'start') setImmediate(() => stop.abort(reason));
    },
  });
  t.is(await t.throwsAsync(started), reason);
  t.deepEqual(await markedProcesses(await tokenOf(join(options.stateDir, 'default'))), []);
});

test.serial("another Livy is started by its own bin/livy-server, with the instance's configuration", async (t) => {
  const options = { ...(await places(t)), sparkSubmit: stub };
  const first = await up({ ...options, name: 'ours' });
  const launch = (await readRecord(first.dir))?.servers[0]?.launch;
  const classpath = launch?.args[launch.args.indexOf('-cp') + 1] ?? '';
  const livyHome = join(options.stateDir, 'other-livy');
  await mkdir(join(livyHome, 'bin'), { recursive: true });
  await mkdir(join(livyHome, 'logs'));
  const jars = classpath.split(':').filter((path) => path.endsWith('.jar'));
  // What the script of a real distribution comes to.
  const script = `#!/bin/sh
export LIVY_HOME='${livyHome}'
exec "$JAVA_HOME/bin/java" $LIVY_SERVER_JAVA_OPTS -cp "$LIVY_CONF_DIR:${jars.join(':')}" org.apache.livy.server.LivyServer
`;
  await writeFile(join(livyHome, 'bin', 'livy-server'), script, { mode: 0o755 });
  const other = await up({ ...options, name: 'other', livyHome });
  t.is((await readRecord(other.dir))?.servers[0]?.launch.command, join(livyHome, 'bin', 'livy-server'));
  const job = join(options.stateDir, 'job.py');
  await writeFile(job, '');
  t.is((await runToEnd(other.url, { file: job })).state, 'success');

  await t.throwsAsync(up({ ...options, name: 'none', livyHome: options.stateDir }), {
    code: 'CONFIG_INVALID',
    message: /no bin\/livy-server/,
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { type Finding, loadConnect, loadDoctor, readSettings, type SettingsFlags } from '../../src/app/index.js';
import { useFakeSsh } from '../helpers/fake-ssh.js';
import { livyStub } from '../helpers/livy-stub.js';
import { gone, lives } from '../helpers/process-life.js';

const calls = useFakeSsh(test);

const settingsOf = async (t: ExecutionContext, flags: SettingsFlags) => {
  const ledger = await mkdtemp(join(tmpdir(), 'livywire-test-'));
  t.teardown(() => rm(ledger, { recursive: true, force: true }));
  return readSettings({ flags: { ledger, ...flags }, env: { HOME: ledger }, cwd: ledger });
};

interface Call {
  readonly pid: number;
  readonly args: readonly string[];
}
const callsTo = async (host: string): Promise<readonly Call[]> => {
  const lines = (await readFile(calls(), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Call).filter(({ args }) => args.at(-1) === host);
};

test.serial('a run goes through an ssh of its own, which ends with the connection', async (t) => {
  const livy = await livyStub(t);
  const { port } = new URL(livy.url);
  // A name that only the far end knows.
  const settings = await settingsOf(t, { via: 'ssh:ada@bastion:2222', url: `http://livy.private:${port}` });
  const connect = await loadConnect();
  const [one, other] = [await connect(settings, {}), await connect(settings, {})];
  const run = await one.submit({ file: 's3://jobs/etl.py' }, { key: 'k' });
  t.is(run.ref.endpoint, `http://livy.private:${port}`);
  t.true(livy.requests.includes('POST /batches'));

  const [call, ...more] = await callsTo('ada@bastion');
  t.deepEqual(more, []); // both go through one
  t.deepEqual(call?.args.slice(0, 2), ['-N', '-D']);
  t.deepEqual(call?.args.slice(-4), ['-p', '2222', '--', 'ada@bastion']);
  await one.close();
  await one.close(); // once more is not the other one's end
  t.true(lives(call?.pid ?? 0));
  await other.close();
  t.true(await gone(call?.pid ?? 0));
});

test.serial('of two who wait for one way, the one that gives up leaves it to the other', async (t) => {
  const livy = await livyStub(t);
  const settings = await settingsOf(t, { via: 'ssh:shared', url: `http://livy.private:${new URL(livy.url).port}` });
  const connect = await loadConnect();
  const stop = new AbortController();
  const first = connect(settings, { cluster: { signal: stop.signal } });
  const second = connect(settings, {});
  stop.abort(new Error('enough'));
  await t.throwsAsync(first, { message: 'enough' });
  const livywire = await second;
  t.is((await callsTo('shared')).length, 1);
  const [call] = await callsTo('shared');
  t.true(lives(call?.pid ?? 0));
  await livywire.close();
  t.true(await gone(call?.pid ?? 0));
});

test.serial('an ssh that is refused is told in its own words', async (t) => {
  const settings = await settingsOf(t, { via: 'ssh:refuses', url: 'http://livy.private:8998' });
  const connect = await loadConnect();
  await t.throwsAsync(async () => connect(settings, {}), {
    name: 'UnreachableError',
    message: /^--via: ssh refuses ended with 255: ada@refuses: Permission denied \(publickey\)\.; try it by hand: ssh refuses$/, // prettier-ignore
  });
  const findings: Finding[] = [];
  const diagnose = await loadDoctor();
  for await (const finding of diagnose(settings)) findings.push(finding);
  t.is(findings.length, 1);
  t.like(findings[0], { check: 'network', level: 'problem', fault: 'service' });
});

test.serial('an ssh that ends on the way is started again', async (t) => {
  const livy = await livyStub(t);
  const settings = await settingsOf(t, { via: 'ssh:flaky', url: `http://livy.private:${new URL(livy.url).port}` });
  const told: string[] = [];
  const silent = { debug: () => undefined, info: () => undefined };
  const connect = await loadConnect();
  const livywire = await connect(settings, { logger: { ...silent, warn: (text) => told.push(text) } });
  const [first] = await callsTo('flaky');
  process.kill(first?.pid ?? 0, 'SIGKILL');
  for (let i = 0; i < 200 && (await callsTo('flaky')).length < 2; i++) await delay(50);
  const second = (await callsTo('flaky'))[1];
  t.true(lives(second?.pid ?? 0));
  t.true(told.some((text) => text.includes('it is started again')));
  await livywire.close();
  t.true(await gone(second?.pid ?? 0));
});

test.serial('it ends also when we are killed, and Ctrl-C leaves it alone', async (t) => {
  const program = `
    const { SshWay } = await import(${JSON.stringify(fileURLToPath(new URL('../../src/app/ssh-way.ts', import.meta.url)))});
    await SshWay.open({ kind: 'ssh', host: 'killed', from: '--via' });
    process.on('SIGINT', () => console.log('asked'));
    console.log('open');
    setInterval(() => undefined, 1_000);`;
  // A group of its own, as a terminal sends Ctrl-C to all of one.
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const pid = child.pid ?? 0;
  await once(child.stdout, 'data');
  const [call] = await callsTo('killed');
  process.kill(-pid, 'SIGINT');
  await once(child.stdout, 'data');
  await delay(200);
  t.true(lives(call?.pid ?? 0));
  child.kill('SIGKILL');
  t.true(await gone(call?.pid ?? 0));
});

test('what is no host for ssh is refused, and so is a proxy beside it', async (t) => {
  const wrong = (flags: SettingsFlags, message: RegExp) =>
    t.throwsAsync(settingsOf(t, flags), { name: 'ConfigError', message });
  await wrong({ via: 'ssh:-oProxyCommand=x' }, /^--via: should be ssh:<host>/);
  await wrong({ via: 'telnet:h' }, /^--via: should be ssh:<host>/);
  await wrong({ via: 'ssh:bastion', proxy: 'socks5h://h:1' }, /^--via: opens a way of its own while --proxy names a proxy/); // prettier-ignore
  t.like((await settingsOf(t, { via: 'ssh:bastion' })).via, { host: 'bastion' });
});

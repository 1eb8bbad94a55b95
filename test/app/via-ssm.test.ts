import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { type Finding, loadConnect, loadDoctor, readSettings, type SettingsFlags } from '../../src/app/index.js';
import { useFakeAws } from '../helpers/fake-aws.js';
import { livyStub } from '../helpers/livy-stub.js';
import { gone, lives } from '../helpers/process-life.js';

const aws = useFakeAws(test);
const silent = { debug: () => undefined, info: () => undefined };

const settingsOf = async (t: ExecutionContext, flags: SettingsFlags) => {
  const ledger = await mkdtemp(join(tmpdir(), 'livywire-test-'));
  t.teardown(() => rm(ledger, { recursive: true, force: true }));
  return readSettings({ flags: { ledger, ...flags }, env: { HOME: ledger }, cwd: ledger });
};

test.serial(
  'a run goes by port forwardings of Session Manager, one for each host and port, which end with the connection',
  async (t) => {
    const livy = await livyStub(t);
    const { port } = new URL(livy.url);
    // A name that only the far end knows.
    const url = `http://ip-10-0-3-7.ec2.internal:${port}`;
    const settings = await settingsOf(t, { via: 'ssm:i-0abc1234', url, awsRegion: 'eu-west-1', awsProfile: 'data' });
    const connect = await loadConnect();
    const livywire = await connect(settings, {});
    t.deepEqual(await aws.calls(), [], 'none before it is needed');
    const run = await livywire.submit({ file: 's3://jobs/etl.py' }, { key: 'k' });
    t.is(run.ref.endpoint, url);
    t.true(livy.requests.includes('POST /batches'));

    const [call, ...more] = await aws.calls();
    t.deepEqual(more, [], 'all go through one');
    t.is(call?.target, 'i-0abc1234');
    t.like(call?.parameters, { host: ['ip-10-0-3-7.ec2.internal'], portNumber: [port] });
    const words = call?.args.join(' ') ?? '';
    t.regex(
      words,
      /^ssm start-session --target i-0abc1234 --document-name AWS-StartPortForwardingSessionToRemoteHost /,
    );
    t.regex(words, / --region eu-west-1 --profile data$/);
    const [plugin = 0] = await aws.plugins();
    t.true(lives(plugin));
    await livywire.close();
    t.true(await gone(plugin), 'the plugin that aws started goes, too');
    t.true(await gone(call?.pid ?? 0));
  },
);

test.serial('a forwarding that ended, as Session Manager ends idle ones, is begun anew', async (t) => {
  const livy = await livyStub(t);
  const url = `http://livy.private:${new URL(livy.url).port}`;
  const settings = await settingsOf(t, { via: 'ssm:i-0abc5678', url });
  const connect = await loadConnect();
  const livywire = await connect(settings, {});
  await livywire.submit({ file: 's3://jobs/etl.py' }, { key: 'k1' });
  const [first = 0] = (await aws.plugins()).slice(-1);
  process.kill(first, 'SIGKILL');
  t.true(await gone(first));
  await livywire.submit({ file: 's3://jobs/etl.py' }, { key: 'k2' });
  t.is((await aws.calls()).filter(({ target }) => target === 'i-0abc5678').length, 2);
  await livywire.close();
});

test.serial('a session that AWS refuses is told once, in its own words', async (t) => {
  const settings = await settingsOf(t, { via: 'ssm:i-00000000', url: 'http://livy.private:8998' });
  const told: string[] = [];
  const connect = await loadConnect();
  const livywire = await connect(settings, { logger: { ...silent, warn: (text) => told.push(text) } });
  await t.throwsAsync(livywire.submit({ file: 's3://jobs/etl.py' }), { name: 'UnreachableError' });
  const why = told.filter((text) => text.includes('start-session'));
  t.is(why.length, 1, told.join('\n'));
  t.regex(
    why[0] ?? '',
    /^--via: aws ssm start-session to i-00000000 for livy\.private:8998 ended with 254: An error occurred \(TargetNotConnected\)/,
  );
  await livywire.close();
});

test.serial('without an instance it goes by the primary of the cluster; with neither it is said', async (t) => {
  t.like((await settingsOf(t, { via: 'ssm', cluster: 'nightly' })).via, { kind: 'ssm', target: undefined });
  const settings = await settingsOf(t, { via: 'ssm', url: 'http://livy.private:8998' });
  const connect = await loadConnect();
  await t.throwsAsync(async () => connect(settings, {}), { name: 'ConfigError', message: /--cluster names/ });
  const findings: Finding[] = [];
  const diagnose = await loadDoctor();
  for await (const finding of diagnose(settings)) findings.push(finding);
  t.like(findings, [{ check: 'network', level: 'problem' }]);
  for (const via of ['ssm:bastion', 'ssm:', 'ssm:-x'])
    await t.throwsAsync(settingsOf(t, { via }), { name: 'ConfigError', message: /^--via: should be ssh:<host>/ });
});

test.serial('they end also when we are killed', async (t) => {
  const livy = await livyStub(t);
  const place = JSON.stringify(fileURLToPath(new URL('../../src/app/ssm-way.ts', import.meta.url)));
  const program = `
    const { SsmWay } = await import(${place});
    const { connect } = await import('node:net');
    const way = await SsmWay.open({ kind: 'ssm', from: '--via' }, { target: async () => 'i-0abc9999' });
    const socket = connect(Number(way.proxy.split(':').at(-1)), '127.0.0.1');
    socket.write(Buffer.from([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, ${new URL(livy.url).port} >> 8, ${new URL(livy.url).port} & 255]));
    socket.on('data', (chunk) => chunk.length > 2 && console.log('open', chunk[1]));
    setInterval(() => undefined, 1_000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  t.is(said.toString(), 'open 0\n');
  const [plugin = 0] = (await aws.plugins()).slice(-1);
  t.true(lives(plugin));
  child.kill('SIGKILL');
  t.true(await gone(plugin));
});

import test from 'ava';
import type { LocalServers } from '../../src/cli/io.js';
import { cli, type CliOptions, oneDocument } from '../helpers/cli.js';

const INSTANCE = {
  name: 'default',
  url: 'http://127.0.0.1:40123',
  pid: 7,
  dir: '/state/default',
  yarn: false,
  createdAt: '2026-01-01T00:00:00.000Z',
  servers: [],
} as const;
const STATUS = {
  name: 'default',
  dir: '/state/default',
  yarn: false,
  createdAt: '2026-01-01T00:00:00.000Z',
  url: 'http://127.0.0.1:40123',
  state: 'up',
  servers: [{ name: 'livy', url: 'http://127.0.0.1:40123', pid: 7, log: '/state/default/livy.log', state: 'up' }],
} as const;

function world(own: Partial<LocalServers> = {}) {
  const calls: unknown[] = [];
  const local: LocalServers = {
    up: async (options) => {
      calls.push(options);
      return INSTANCE;
    },
    down: async (options) => {
      calls.push(options);
      return true;
    },
    instances: async () => [STATUS],
    async *instanceLogs(options) {
      calls.push(options);
      yield 'one';
      yield 'two\u001b[31m';
    },
    ...own,
  };
  const options: CliOptions = { local: async () => local };
  return { calls, run: (...argv: readonly string[]) => cli(['local', ...argv], options) };
}

test('up prints what a shell can eval, and nothing else on stdout', async (t) => {
  const { run } = world();
  const { code, stdout, stderr } = await run('up');
  t.is(code, 0);
  t.is(stdout, 'export LIVYWIRE_URL=http://127.0.0.1:40123\n');
  t.regex(stderr, /default is up: Livy at http:\/\/127\.0\.0\.1:40123/);
});

test('up says how this shell gets at it, with the same flags again, and how it is stopped', async (t) => {
  const { stderr } = await world().run('up', '--yarn', '--name', 'my emr', '--json');
  t.regex(
    stderr,
    /eval "\$\(livywire local up --yarn --name 'my emr'\)"; to stop it: livywire local down --name 'my emr'$/m,
  );
});

test('up with YARN exports the servers behind Livy too', async (t) => {
  const behind = {
    resourceManager: 'http://rm',
    nodeManager: 'http://nm',
    jobHistory: 'http://jh',
    sparkHistory: 'http://sh',
  };
  const { stdout } = await world({ up: async () => ({ ...INSTANCE, yarn: true, behind }) }).run('up', '--yarn');
  t.deepEqual(stdout.trim().split('\n'), [
    'export LIVYWIRE_URL=http://127.0.0.1:40123',
    'export LIVYWIRE_YARN_URL=http://rm',
    'export LIVYWIRE_HISTORY_URL=http://sh',
  ]);
});

test('up with AWS exports what the SDKs read, and takes away what would win over it', async (t) => {
  const aws = {
    endpoint: 'http://127.0.0.1:4566',
    region: 'us-east-1',
    accessKeyId: 'key',
    secretAccessKey: 'secret',
    bucket: 'livywire-default',
    clusterName: 'default',
  };
  const { calls, run } = world({
    up: async (options) => {
      calls.push(options);
      return { ...INSTANCE, aws };
    },
  });
  const { stdout, stderr } = await run('up', '--aws');
  t.like(calls[0], { aws: true });
  t.deepEqual(stdout.trim().split('\n').slice(1), [
    'unset AWS_PROFILE AWS_SESSION_TOKEN',
    'export AWS_ENDPOINT_URL=http://127.0.0.1:4566',
    'export AWS_REGION=us-east-1',
    'export AWS_ACCESS_KEY_ID=key',
    'export AWS_SECRET_ACCESS_KEY=secret',
  ]);
  t.regex(stderr, /cluster default, bucket s3:\/\/livywire-default/);
});

test('the flags of up reach it', async (t) => {
  const { run, calls } = world();
  await run(
    'up',
    '--name',
    'emr',
    '--yarn',
    '--port',
    '8998',
    '--livy-home',
    '/opt/livy',
    '--python',
    'python3.11',
    '--allow',
    '/a',
    '--allow',
    '/b',
    '--livy-conf',
    'livy.x=1=2',
    '--spark-conf',
    'spark.y=2',
  );
  t.like(calls[0], {
    name: 'emr',
    yarn: true,
    port: 8998,
    livyHome: '/opt/livy',
    python: 'python3.11',
    allow: ['/a', '/b'],
    conf: { 'livy.x': '1=2' },
    sparkConf: { 'spark.y': '2' },
  });
  t.is((await run('up', '--livy-conf', 'x')).code, 2);
});

test('progress is a line when it changes, and a step that is counted does not flood the log', async (t) => {
  const { run } = world({
    up: async (options) => {
      for (let done = 0; done < 100; done++)
        options?.onProgress?.({ step: 'jars', message: `jar ${done}`, done, total: 100 });
      options?.onProgress?.({ step: 'start', message: 'livy at http://x' });
      options?.onProgress?.({ step: 'start', message: 'livy at http://x' });
      return INSTANCE;
    },
  });
  const { stderr } = await run('up');
  t.deepEqual(stderr.split('\n').slice(0, 2), ['livywire: jar 0', 'livywire: livy at http://x']);
  t.is(stderr.match(/livy at http:\/\/x$/gm)?.length, 1);
});

test('status shows each server, and is 3 when something is broken or what was named is not there', async (t) => {
  const well = await world().run('status');
  t.is(well.code, 0);
  t.regex(well.stdout, /^default +up +http:\/\/127\.0\.0\.1:40123/m);
  t.regex(well.stdout, /^ {2}livy +up +http:\/\/127\.0\.0\.1:40123 +pid 7$/m);
  t.is((await world({ instances: async () => [{ ...STATUS, state: 'broken' }] }).run('status')).code, 3);
  t.is((await world().run('status', '--name', 'other')).code, 3);
  const none = await world({ instances: async () => [] }).run('status');
  t.is(none.code, 0);
  t.regex(none.stderr, /no local instance; livywire local up starts one/);
});

test('logs prints the lines of the server that was asked for, safe for a terminal', async (t) => {
  const { run, calls } = world();
  t.is((await run('logs', '--server', 'livy', '-n', '5', '-f')).stdout, 'one\ntwo\n');
  t.like(calls[0], { server: 'livy', tail: 5, follow: true });
});

test('down stops one or all, and says when there was none', async (t) => {
  const { run, calls } = world();
  t.is((await run('down')).stdout, 'stopped default\n');
  t.like(calls[0], { name: 'default' });
  t.is((await run('down', '--all', '--name', 'x')).code, 2);
  const none = await world({ down: async () => false }).run('down', '--name', 'x');
  t.is(none.code, 0);
  t.regex(none.stderr, /there is no local instance x/);
});

test('every action has its document', async (t) => {
  t.like(oneDocument(t, (await world().run('up', '--json')).stdout), { kind: 'local', url: INSTANCE.url });
  t.like(oneDocument(t, (await world().run('status', '--json')).stdout), { kind: 'local-status' });
  t.like(oneDocument(t, (await world().run('logs', '--json')).stdout), { kind: 'local-logs' });
  t.like(oneDocument(t, (await world().run('down', '--json')).stdout), { kind: 'local-down', stopped: ['default'] });
});

test('a mistyped action is answered with the nearest', async (t) => {
  const { code, stderr } = await world().run('donw');
  t.is(code, 2);
  t.regex(stderr, /"donw" is not one of up, status, logs, down; did you mean down\?/);
});

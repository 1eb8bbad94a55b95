import test, { type ExecutionContext } from 'ava';
import { connectToCluster, type ConnectToClusterOptions } from '../../../src/aws/index.js';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmrAnswers, clusterStub, refusal } from '../../helpers/cluster-stub.js';
import { livyStub } from '../../helpers/livy-stub.js';
import { standInCredentials } from '../../helpers/moto.js';
import { testClock } from '../../../src/testing/index.js';

standInCredentials();

const NOW = Date.parse('2026-11-23T12:00:00Z');
const seconds = (hoursAgo: number): number => NOW / 1_000 - hoursAgo * 3_600;

interface Given {
  readonly id: string;
  readonly name?: string;
  readonly state?: string;
  readonly hoursAgo?: number;
  readonly apps?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly port?: string;
  readonly primaries?: readonly string[];
  readonly reason?: string;
}

const view = ({ id, name = 'nightly', state = 'WAITING', hoursAgo = 3, reason }: Given) => ({
  Id: id,
  Name: name,
  Status: {
    State: state,
    Timeline: {
      CreationDateTime: seconds(hoursAgo),
      ...(state.startsWith('TERMINATED') && { EndDateTime: seconds(1) }),
    },
    ...(reason !== undefined && { StateChangeReason: { Code: 'USER_REQUEST', Message: reason } }),
  },
});

function answers(clusters: readonly Given[]): EmrAnswers {
  const named = (id: unknown): Given => {
    const found = clusters.find((one) => one.id === id);
    if (!found) throw refusal('InvalidRequestException', `Cluster id '${String(id)}' is not valid.`);
    return found;
  };
  return {
    ListClusters: ({ ClusterStates: states }) => ({
      Clusters: clusters.filter(({ state = 'WAITING' }) => (states as string[]).includes(state)).map(view),
    }),
    DescribeCluster: ({ ClusterId: id }) => {
      const given = named(id);
      return {
        Cluster: {
          ...view(given),
          ReleaseLabel: 'emr-7.3.0',
          InstanceCollectionType: 'INSTANCE_FLEET',
          Applications: (given.apps ?? ['Hadoop', 'Livy', 'Spark']).map((one) => ({ Name: one, Version: '1' })),
          Tags: Object.entries(given.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
          Configurations: [
            { Classification: 'livy-conf', Properties: { 'livy.server.port': given.port ?? '1' } },
            {
              Classification: 'hive-site',
              Properties: {
                'javax.jdo.option.ConnectionPassword': 'hunter22',
                'javax.jdo.option.ConnectionURL': 'jdbc:mysql://hive:hunter22@db:3306/hive',
              },
            },
            {
              Classification: 'hadoop-env',
              Configurations: [{ Classification: 'export', Properties: { DB_OPTS: '-Dpassword=hunter22' } }],
            },
          ],
          Ec2InstanceAttributes: { EmrManagedMasterSecurityGroup: 'sg-primary', Ec2SubnetId: 'subnet-7' },
        },
      };
    },
    ListInstances: ({ ClusterId: id, InstanceFleetType: type, InstanceStates: states }) => {
      if (type !== 'MASTER' || String(states) !== 'RUNNING') throw refusal('ValidationException', 'other nodes');
      return {
        Instances: (named(id).primaries ?? ['127.0.0.1']).map((ip) => ({
          Ec2InstanceId: `i-${ip}`,
          PrivateIpAddress: ip,
        })),
      };
    },
  };
}

async function connect(
  t: ExecutionContext,
  word: string,
  clusters: readonly Given[] | EmrAnswers,
  options: ConnectToClusterOptions = {},
) {
  const stub = await clusterStub(t, Array.isArray(clusters) ? answers(clusters) : (clusters as EmrAnswers));
  const clock = testClock({ start: new Date(NOW) });
  return { ...stub, connecting: connectToCluster(word, { clients: stub.clients, clock, ...options }) };
}

const portOf = async (t: ExecutionContext): Promise<string> => new URL((await livyStub(t)).url).port;

test('a cluster is found by its name, and its addresses come from its configuration', async (t) => {
  const port = await portOf(t);
  const { connecting } = await connect(t, 'nightly', [
    { id: 'j-OTHER', name: 'hourly' },
    { id: 'j-NIGHTLY', port },
  ]);
  const { url, endpoint, yarn, historyUrl, cluster } = await connecting;
  t.deepEqual(url, [`http://127.0.0.1:${port}`]);
  t.is(endpoint, 'emr://eu-west-1/j-NIGHTLY');
  t.deepEqual(yarn, { url: ['http://127.0.0.1:8088'], logServerUrl: 'http://127.0.0.1:19888' });
  t.is(historyUrl, 'http://127.0.0.1:18080');
  t.is(cluster.release, 'emr-7.3.0');
});

test('a tag, an id, and the only one with Livy name a cluster, too', async (t) => {
  const port = await portOf(t);
  const clusters = [
    { id: 'j-PLAIN', apps: ['Spark'] },
    { id: 'j-TEAM', tags: { team: 'data' }, port },
  ];
  for (const word of ['tag:team=data', 'tag:team', 'j-TEAM', 'auto']) {
    const { connecting } = await connect(t, word, clusters);
    t.is((await connecting).cluster.id, 'j-TEAM', word);
  }
});

test('of several primaries those come first whose Livy answers', async (t) => {
  const port = await portOf(t);
  const { connecting } = await connect(t, 'nightly', [{ id: 'j-HA', port, primaries: ['127.0.0.3', '127.0.0.1'] }]);
  const { url, yarn } = await connecting;
  t.deepEqual(url, [`http://127.0.0.1:${port}`, `http://127.0.0.3:${port}`]);
  t.is(yarn?.url.length, 2);
});

const sentences: readonly (readonly [what: string, word: string, clusters: readonly Given[], message: RegExp])[] = [
  ['no cluster', 'nightly', [], /^cluster: no active cluster is called nightly; no cluster is active in eu-west-1/],
  ['another name', 'nightly', [{ id: 'j-1', name: 'hourly' }], /active in eu-west-1: hourly \(j-1, WAITING, 3 h old\)/],
  ['the same name twice', 'nightly', [{ id: 'j-1' }, { id: 'j-2', state: 'STARTING', hoursAgo: 0.5 }], /2 active clusters are called nightly: nightly \(j-1, WAITING, 3 h old\), nightly \(j-2, STARTING, 30 min old\); name the one you mean by its id/], // prettier-ignore
  ['one that is going', 'nightly', [{ id: 'j-1', state: 'TERMINATING' }], /nightly \(j-1, TERMINATING, 3 h old\) is terminating and takes no more jobs/], // prettier-ignore
  ['one that is gone', 'nightly', [{ id: 'j-1', state: 'TERMINATED', reason: 'by user' }], /the last one, j-1, ended 60 min ago \(USER_REQUEST: by user\)|ended 1 h ago/], // prettier-ignore
  ['no such id', 'j-NONE', [], /^there is no cluster j-NONE in eu-west-1 for this account/],
  [
    'no Livy',
    'nightly',
    [{ id: 'j-1', apps: ['Spark', 'Hive'] }],
    /has no Livy \(it has Spark, Hive\).*--backend emr-step/,
  ],
];
for (const [what, word, clusters, message] of sentences) {
  test(`one sentence says what helps: ${what}`, async (t) => {
    const { connecting } = await connect(t, word, clusters);
    await t.throwsAsync(connecting, { name: 'ConfigError', message });
  });
}

test('a Livy that does not answer is told with the port, or handed on where the caller wants it so', async (t) => {
  const { connecting } = await connect(t, 'nightly', [{ id: 'j-1' }]);
  await t.throwsAsync(connecting, { name: 'UnreachableError', message: /Livy on nightly \(j-1\) does not answer at http:\/\/127\.0\.0\.1:1: nothing listens on that port/ }); // prettier-ignore
  const told: string[] = [];
  const other = await connect(t, 'nightly', [{ id: 'j-1' }], { unanswered: (why) => told.push(why) });
  t.deepEqual((await other.connecting).url, ['http://127.0.0.1:1']);
  t.is(told.length, 1);
});

for (const [what, isThere] of [
  ['does not answer is said with what that costs', false],
  ['answers is no news', true],
] as const) {
  test(`a YARN that ${what}, and the connection has it all the same`, async (t) => {
    const port = await portOf(t);
    const yarn = createServer((_, response) => response.end(JSON.stringify({ clusterInfo: { state: 'STARTED' } })));
    await new Promise<void>((resolve) => yarn.listen(0, '127.0.0.1', resolve));
    const rm = isThere ? (yarn.address() as AddressInfo).port : 1;
    t.teardown(() => yarn.close());
    const given = answers([{ id: 'j-NIGHTLY', port }]);
    const described = (input: Readonly<Record<string, unknown>>) => {
      const { Cluster } = given.DescribeCluster?.(input) as { Cluster: { Configurations: object[] } };
      const address = { 'yarn.resourcemanager.webapp.address': `h:${rm}` };
      return {
        Cluster: {
          ...Cluster,
          Configurations: [...Cluster.Configurations, { Classification: 'yarn-site', Properties: address }],
        },
      };
    };
    const told: string[] = [];
    const { connecting } = await connect(
      t,
      'nightly',
      { ...given, DescribeCluster: described },
      { onBlind: (text) => told.push(text) },
    );
    const connection = await connecting;
    t.deepEqual(connection.yarn?.url, [`http://127.0.0.1:${rm}`]);
    t.is(told.length, isThere ? 0 : 1);
    if (!isThere)
      t.regex(told[0] ?? '', /^YARN does not answer from here \(http:\/\/127\.0\.0\.1:1\): .*--yarn-url none/);
  });
}

test('where Livy has a keystore, plain http is not tried: whoever is in between would get the password', async (t) => {
  const port = await portOf(t);
  const given = answers([{ id: 'j-NIGHTLY', port }]);
  const described = (input: Readonly<Record<string, unknown>>) => {
    const { Cluster } = given.DescribeCluster?.(input) as { Cluster: object };
    const properties = { 'livy.server.port': port, 'livy.keystore': '/etc/livy/keystore.jks' };
    return { Cluster: { ...Cluster, Configurations: [{ Classification: 'livy-conf', Properties: properties }] } };
  };
  const { connecting } = await connect(t, 'nightly', { ...given, DescribeCluster: described });
  await t.throwsAsync(connecting, { message: /does not answer at https:/ });
});

test('a denied action is named, and so are expired credentials', async (t) => {
  const denied = refusal('AccessDeniedException', 'User: arn:aws:iam::123456789012:user/ada is not authorized to perform: elasticmapreduce:ListClusters on resource: "*"'); // prettier-ignore
  const raise = (error: Error): never => {
    throw error;
  };
  const asked = (error: Error) => connect(t, 'nightly', { ListClusters: () => raise(error) });
  await t.throwsAsync((await asked(denied)).connecting, { name: 'ConfigError', message: /user\/ada may not elasticmapreduce:ListClusters/ }); // prettier-ignore
  await t.throwsAsync((await asked(refusal('ExpiredTokenException', 'expired'))).connecting, { name: 'ConfigError', message: /the AWS credentials have expired/ }); // prettier-ignore
});

test('what has ended is still connected to by its id, for its runs, and takes no job', async (t) => {
  const { connecting } = await connect(t, 'j-GONE', [{ id: 'j-GONE', state: 'TERMINATED', reason: 'by user' }]);
  const { url, closed, sources, endpoint } = await connecting;
  t.deepEqual(url, []);
  t.regex(closed ?? '', /has ended \(USER_REQUEST: by user\) and takes no more jobs/);
  const ref = {
    v: 1,
    key: 'k',
    attempt: 1,
    backend: 'livy',
    name: 'n',
    createdAt: new Date(NOW).toISOString(),
  } as const;
  const status = await sources[0]?.status({ ...ref, endpoint });
  t.like(status, { raw: 'TERMINATED', state: 'failed', source: 'emr' });
  t.is(await sources[0]?.status({ ...ref, endpoint: 'http://livy.test:8998' }), undefined);
});

test('a cluster that is starting is waited for with lines, and refused where nothing is to be started', async (t) => {
  const port = await portOf(t);
  const cluster = { id: 'j-1', port };
  let asked = 0;
  const starting = answers([{ ...cluster, state: 'BOOTSTRAPPING' }]);
  const ready = answers([cluster]);
  const api = { ...starting, DescribeCluster: (input: Parameters<NonNullable<EmrAnswers[string]>>[0]) => (++asked < 3 ? starting : ready).DescribeCluster?.(input), ListInstances: ready.ListInstances } as EmrAnswers; // prettier-ignore
  const said: string[] = [];
  const { connecting } = await connect(t, 'nightly', api, { onProgress: (text) => said.push(text) });
  t.deepEqual((await connecting).url, [`http://127.0.0.1:${port}`]);
  t.regex(said[0] ?? '', /^waiting for nightly \(j-1, BOOTSTRAPPING/);
  t.regex(said.at(-1) ?? '', /is ready$/);

  const never = await connect(t, 'nightly', starting, { timeoutMs: 60_000 });
  await t.throwsAsync(never.connecting, { name: 'UnreachableError', message: /is still starting after 1 min; nothing was submitted/ }); // prettier-ignore
  const refused = await connect(t, 'nightly', starting, { starting: 'refuse' });
  await t.throwsAsync(refused.connecting, {
    name: 'ConfigError',
    message: /is still starting; nothing runs there yet/,
  });
});

test('what was found is kept for a while, and asked anew when its Livy is gone', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'livywire-test-'));
  t.teardown(() => rm(dir, { recursive: true, force: true }));
  const cache = { dir, who: ['AKIA1'] };
  const first = createServer((_, response) => response.end('{"version":"0.8.0"}'));
  await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve));
  const port = String((first.address() as AddressInfo).port);
  const clusters: Given[] = [{ id: 'j-1', port }];
  const { connecting, clients, calls } = await connect(t, 'nightly', clusters, { cache });
  await connecting;
  const before = calls.length;
  const clock = testClock({ start: new Date(NOW + 60_000) });
  const again = (who = cache) => connectToCluster('nightly', { clients, cache: who, clock, starting: 'refuse' });
  t.is((await again()).cluster.id, 'j-1');
  t.is(calls.length, before);
  await again({ dir, who: ['AKIA2'] });
  t.true(calls.length > before); // another account may have another cluster by that name

  clusters[0] = { id: 'j-2', port: await portOf(t) };
  first.closeAllConnections();
  first.close();
  t.is((await again()).cluster.id, 'j-2');
});

test('what a cluster’s configuration says in secret is neither told nor kept', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'livywire-test-'));
  t.teardown(() => rm(dir, { recursive: true, force: true }));
  const { connecting } = await connect(t, 'nightly', [{ id: 'j-1', port: await portOf(t) }], {
    cache: { dir, who: ['AKIA1'] },
  });
  const { cluster } = await connecting;
  t.is(cluster.configurations['hive-site']?.['javax.jdo.option.ConnectionPassword'], '(redacted)');
  t.notRegex(JSON.stringify(cluster), /hunter/);
  const [file = ''] = await readdir(join(dir, 'emr'));
  const kept = await readFile(join(dir, 'emr', file), 'utf8');
  t.regex(kept, /livy\.server\.port/);
  t.notRegex(kept, /hunter/);
});

test('before a job is sent to a cluster that was kept, EMR is asked whether it still is the one', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'livywire-test-'));
  t.teardown(() => rm(dir, { recursive: true, force: true }));
  const cache = { dir, who: [] };
  const port = await portOf(t);
  const clusters: Given[] = [{ id: 'j-1', port }];
  const { connecting, clients, calls } = await connect(t, 'nightly', clusters, { cache });
  await connecting;
  const again = () =>
    connectToCluster('nightly', { clients, cache, clock: testClock({ start: new Date(NOW + 1_000) }) });
  const before = calls.length;
  t.is((await again()).cluster.id, 'j-1');
  t.deepEqual(calls.slice(before), ['DescribeCluster']);

  // Its Livy answers to the last.
  for (const now of [
    { id: 'j-1', port, state: 'TERMINATING' },
    { id: 'j-1', port, name: 'yesterday' },
    { id: 'j-9', port },
  ]) {
    clusters.splice(0, 2, now, { id: 'j-2', port });
    if (now.id === 'j-9') clusters.shift(); // of another account: EMR knows no j-1, and no j-9
    t.is((await again()).cluster.id, 'j-2', JSON.stringify(now));
    clusters.splice(0, 2, { id: 'j-1', port });
    t.is((await again()).cluster.id, 'j-1');
  }
});

test('where more clusters are active than are looked at, the one that was seen is not taken for the only one', async (t) => {
  const many: Given[] = Array.from({ length: 41 }, (_, i) => ({ id: `j-M${i}`, ...(i > 0 && { apps: ['Spark'] }) }));
  const { connecting } = await connect(t, 'auto', many);
  await t.throwsAsync(connecting, { name: 'ConfigError', message: /41 clusters are active.*name it, or give its id/ });
});

test('a question that is throttled while a cluster starts is asked again', async (t) => {
  const port = await portOf(t);
  const starting = answers([{ id: 'j-STARTS', port, state: 'STARTING' }]);
  const ready = answers([{ id: 'j-STARTS', port }]);
  let asked = 0;
  const describe: EmrAnswers[string] = (input) => {
    asked++;
    // As often as the SDK tries.
    if (asked >= 2 && asked <= 6) throw refusal('ThrottlingException', 'Rate exceeded');
    return (asked === 1 ? starting : ready).DescribeCluster?.(input);
  };
  const { connecting } = await connect(t, 'j-STARTS', { ...ready, DescribeCluster: describe });
  t.is((await connecting).cluster.state, 'WAITING');
  t.is(asked, 7);
});

test('a runtime role and several primaries do not go together', async (t) => {
  const port = await portOf(t);
  const executionRole = 'arn:aws:iam::123456789012:role/etl';
  const { connecting } = await connect(t, 'nightly', [{ id: 'j-1', port, primaries: ['127.0.0.1', '127.0.0.2'] }], { executionRole }); // prettier-ignore
  await t.throwsAsync(connecting, { name: 'ConfigError', message: /EMR has no runtime roles there/ });
});

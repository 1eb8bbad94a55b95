import process from 'node:process';
import test from 'ava';
import { createColors } from 'picocolors';
import { outcomeLines } from '../../src/cli/show.js';
import type { RunOutcome } from '../../src/core/index.js';
import { fileLedger } from '../../src/index.js';
import { cli, tempFolder } from '../helpers/cli.js';
import { clusterStub } from '../helpers/cluster-stub.js';
import { livyStub } from '../helpers/livy-stub.js';
import { standInCredentials } from '../helpers/moto.js';

standInCredentials();

const status = { State: 'WAITING', Timeline: { CreationDateTime: 1_790_000_000 } };
const line = { Id: 'j-NIGHTLY', Name: 'nightly', Status: status };

test.serial('emr ls and show say what there is, with the runs of the ledger', async (t) => {
  const livy = await livyStub(t);
  const { url } = await clusterStub(t, {
    ListClusters: () => ({ Clusters: [line] }),
    DescribeCluster: () => ({
      Cluster: {
        ...line,
        ReleaseLabel: 'emr-7.3.0',
        Applications: [
          { Name: 'Livy', Version: '0.8.0' },
          { Name: 'Spark', Version: '3.5.1' },
        ],
        Configurations: [{ Classification: 'livy-conf', Properties: { 'livy.server.port': new URL(livy.url).port } }],
        Ec2InstanceAttributes: { EmrManagedMasterSecurityGroup: 'sg-primary', EmrManagedSlaveSecurityGroup: 'sg-core' },
      },
    }),
    ListInstances: () => ({ Instances: [{ Ec2InstanceId: 'i-1', PrivateIpAddress: '127.0.0.1' }] }),
  });
  process.env.AWS_ENDPOINT_URL = url;
  const ledger = await tempFolder(t);
  const at = '2026-11-23T12:00:00.000Z';
  await fileLedger(ledger).create({
    v: 1,
    key: 'sales/2026-11-23',
    specHash: 'h',
    spec: { file: 's3://jobs/etl.py' },
    createdAt: at,
    updatedAt: at,
    attempts: [
      { attempt: 1, name: 'n', phase: 'started', createdAt: at, backend: 'livy', endpoint: 'emr://eu-west-1/j-NIGHTLY', posts: [] }, // prettier-ignore
    ],
  });
  await fileLedger(ledger).create({
    v: 1,
    key: 'a-step',
    specHash: 'h',
    spec: { file: 's3://jobs/etl.py' },
    createdAt: at,
    updatedAt: at,
    attempts: [
      { attempt: 1, name: 'm', phase: 'claimed', createdAt: at, backend: 'emr-step', endpoint: 'emr-step://eu-west-1/j-NIGHTLY', posts: [] }, // prettier-ignore
    ],
  });
  const options = { env: { HOME: ledger } };
  const ls = await cli(['emr', 'ls'], options);
  t.is(ls.code, 0, ls.stderr);
  t.regex(ls.stdout, /^nightly +j-NIGHTLY +WAITING/m);

  const show = await cli(['emr', 'show', 'nightly', '--ledger', ledger], options);
  t.is(show.code, 0, show.stderr);
  t.regex(show.stdout, /^release +emr-7\.3\.0 +Livy 0\.8\.0, Spark 3\.5\.1$/m);
  t.regex(show.stdout, /^Livy +http:\/\/127\.0\.0\.1:\d+ +answers$/m);
  t.regex(show.stdout, /^security groups +primary sg-primary +core and task sg-core$/m);
  t.regex(show.stdout, /^run +sales\/2026-11-23 +started$/m);
  t.regex(show.stdout, /^run +a-step +not sent$/m);

  const none = await cli(['emr', 'show', 'hourly'], options);
  t.is(none.code, 2);
  t.regex(none.stderr, /no active cluster is called hourly; active in eu-west-1: nightly \(j-NIGHTLY, WAITING/);
});

test.serial('emr without a word it knows says which there are', async (t) => {
  const { code, stderr } = await cli(['emr', 'start'], { env: { HOME: '/home/ada' } });
  t.is(code, 2);
  t.regex(stderr, /livywire emr start: write ls, show, ui, as in show <cluster> and ui <run>/);
});

test.serial(
  'emr ui gives the links to the pages of a run, of an ended cluster too, and keeps none of them',
  async (t) => {
    const secret = 'https://p-1.emrappui-prod.eu-west-1.amazonaws.com/shs?token=SECRET';
    const { url, calls } = await clusterStub(t, {
      DescribeCluster: () => ({
        Cluster: { ...line, ClusterArn: 'arn:aws:elasticmapreduce:eu-west-1:1:cluster/j-NIGHTLY', Status: { ...status, State: 'TERMINATED' } }, // prettier-ignore
      }),
      CreatePersistentAppUI: ({ TargetResourceArn: arn }) => {
        t.is(arn, 'arn:aws:elasticmapreduce:eu-west-1:1:cluster/j-NIGHTLY');
        return { PersistentAppUIId: 'p-1' };
      },
      GetPersistentAppUIPresignedURL: (input) => {
        t.like(input, { PersistentAppUIId: 'p-1', PersistentAppUIType: 'SHS', ApplicationId: 'application_1_0001' });
        return { PresignedURLReady: true, PresignedURL: secret };
      },
    });
    process.env.AWS_ENDPOINT_URL = url;
    const ledger = await tempFolder(t);
    const at = '2026-11-23T12:00:00.000Z';
    await fileLedger(ledger).create({
      v: 1,
      key: 'k',
      specHash: 'h',
      spec: { file: 's3://jobs/etl.py' },
      createdAt: at,
      updatedAt: at,
      attempts: [
        { attempt: 1, name: 'n', phase: 'started', createdAt: at, backend: 'livy', endpoint: 'emr://eu-west-1/j-NIGHTLY', appId: 'application_1_0001', posts: [] }, // prettier-ignore
      ],
    });
    const before = await fileLedger(ledger).get('k');
    const { code, stdout, stderr } = await cli(['emr', 'ui', 'k', '--ledger', ledger], { env: { HOME: ledger } });
    t.is(code, 0, stderr);
    t.is(stdout, `EMR's Spark history  ${secret}\n`);
    t.regex(stderr, /keep it to yourself/);
    t.deepEqual(calls, ['DescribeCluster', 'CreatePersistentAppUI', 'GetPersistentAppUIPresignedURL']);
    t.deepEqual(await fileLedger(ledger).get('k'), before);

    const none = await cli(['emr', 'ui', 'other', '--ledger', ledger], { env: { HOME: ledger } });
    t.is(none.code, 2);
    t.regex(none.stderr, /other: no such run in the ledger/);
  },
);

test('an outcome on EMR that is no success says how to get its pages; one that is lost, where Livy’s own words are', (t) => {
  const linesOf = (endpoint: string, kind: 'lost' | 'cancelled'): string => {
    const ref = { v: 1, key: 'sales/1', attempt: 1, backend: 'livy', endpoint, name: 'n', createdAt: '2026-11-23T12:00:00Z' } as const; // prettier-ignore
    const rest = { v: 1, ref, evidence: [], links: {}, knownAt: '2026-11-23T12:05:00Z' } as const;
    const outcome: RunOutcome = kind === 'lost' ? { ...rest, kind } : { ...rest, kind, by: 'someone' };
    return outcomeLines(outcome, createColors(false)).join('\n');
  };
  t.regex(linesOf('emr://eu-west-1/j-1ABC', 'cancelled'), /^ {2}pages: livywire emr ui sales\/1$/m);
  t.notRegex(linesOf('emr://eu-west-1/j-1ABC', 'cancelled'), /livy-server/);
  t.regex(linesOf('emr://eu-west-1/j-1ABC', 'lost'), /^ {2}Livy's own log: livywire logs --livy-server sales\/1$/m);
  t.notRegex(linesOf('emr-step://eu-west-1/j-1ABC', 'lost'), /livy-server/);
  t.notRegex(linesOf('http://livy:8998', 'lost'), /pages|livy-server/);
});

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { EMRClient, ListClustersCommand, ListStepsCommand, paginateListSteps } from '@aws-sdk/client-emr';
import { AddJobFlowStepsCommand, DescribeClusterCommand, ListInstancesCommand } from '@aws-sdk/client-emr';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import test, { type ExecutionContext } from 'ava';
import { Emr } from '../../src/local/aws-emr.js';
import { ObjectEvents } from '../../src/local/aws-events.js';
import { Faults } from '../../src/local/aws-faults.js';
import { LogPush } from '../../src/local/aws-log-push.js';
import { Moto } from '../../src/local/aws-moto.js';
import { Proxy } from '../../src/local/aws-proxy.js';
import { RedshiftData } from '../../src/local/aws-redshift.js';
import { awsRouter } from '../../src/local/aws-router.js';
import { Throttle } from '../../src/local/aws-throttle.js';
import { LambdaHost } from '../../src/local/lambda-host.js';
import { type Respond, webServer } from '../helpers/web-server.js';

const cluster = (Id: string, Name: string): object => ({
  Id,
  Name,
  Status: { State: 'WAITING', StateChangeReason: {}, Timeline: { CreationDateTime: 1_795_000_000 } },
  LogUri: 's3://b/logs/',
  Applications: [{ Name: 'Livy' }],
  MasterPublicDnsName: 'ec2-1-2-3-4.compute.amazonaws.com',
  StepConcurrencyLevel: 1,
});

/** Says of two clusters what moto says of them, and takes every object. */
const likeMoto: Respond = ({ method, headers, body }, response) => {
  const input = body.startsWith('{') ? (JSON.parse(body) as Record<string, unknown>) : {};
  const known = { 'j-1': cluster('j-1', 'nightly'), 'j-2': cluster('j-2', 'other') };
  switch (String(headers['x-amz-target'])) {
    case 'ElasticMapReduce.ListClusters':
      return response.end(JSON.stringify({ Clusters: Object.values(known) }));
    case 'ElasticMapReduce.DescribeCluster': {
      const found = known[input.ClusterId as keyof typeof known] as object | undefined;
      if (found === undefined) response.statusCode = 400;
      return response.end(JSON.stringify(found ? { Cluster: found } : { __type: 'ResourceNotFoundException' }));
    }
    default:
      return response.writeHead(200, { etag: '"x"' }).end(method === 'GET' ? 'content' : undefined);
  }
};

async function world(t: ExecutionContext) {
  const moto = await webServer(t, likeMoto);
  const emr = new Emr({
    moto: new Moto(moto.url),
    versions: { Livy: '0.7.1' },
    pages: { history: 'http://h', resourceManager: 'http://r' },
    runStep: () => ({ end: new Promise(() => undefined), stop: () => undefined }),
  });
  const started: { readonly machine: string; readonly input: unknown }[] = [];
  const events = new ObjectEvents(async (machine, _name, input) => started.push({ machine, input }));
  const router = awsRouter({
    emr,
    redshift: new RedshiftData(new Moto(moto.url)),
    faults: new Faults(),
    throttle: new Throttle({ now: () => 0, sleep: () => Promise.resolve() }),
    logs: new LogPush({ delayMs: 0, files: async () => [], put: async () => undefined }),
    lambda: new LambdaHost(),
    events,
    calls: new Map(),
    proxy: new Proxy(moto.url),
    isReady: () => true,
    log: () => undefined,
  }).listen(0, '127.0.0.1');
  t.teardown(() => {
    router.closeAllConnections();
    router.close();
  });
  await once(router, 'listening');
  const endpoint = `http://127.0.0.1:${(router.address() as AddressInfo).port}`;
  const ask = async (method: string, what: string, body?: unknown): Promise<unknown> => {
    const reply = await fetch(`${endpoint}/_livywire/${what}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`);
    return reply.json();
  };
  const settings = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    maxAttempts: 1,
  };
  const invoke = (name: string, event: object): Promise<Response> =>
    fetch(`${endpoint}/2015-03-31/functions/${name}/invocations`, {
      method: 'POST',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/lambda/aws4_request' },
      body: JSON.stringify(event),
    });
  return {
    endpoint,
    started,
    invoke,
    moto,
    ask,
    emr: new EMRClient(settings),
    s3: new S3Client(settings),
    sts: new STSClient(settings),
    far: new EMRClient({ ...settings, region: 'eu-west-1' }),
  };
}

test('an object goes through to moto and back, byte for byte', async (t) => {
  const { s3, moto } = await world(t);
  await s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'a b/ü', Body: 'hello' }));
  t.like(moto.seen[0], { method: 'PUT', url: '/b/a%20b/%C3%BC?x-id=PutObject' });
  t.true(moto.seen[0]?.body.includes('hello'));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }));
  t.is(await Body?.transformToString(), 'content');
});

test('the one node of a cluster is this machine, and the log folder reads as EMR writes it', async (t) => {
  const { emr } = await world(t);
  const { Cluster } = await emr.send(new DescribeClusterCommand({ ClusterId: 'j-1' }));
  t.like(Cluster, { MasterPublicDnsName: '127.0.0.1', LogUri: 's3n://b/logs/' });
  t.like(Cluster?.Applications?.[0], { Name: 'Livy', Version: '0.7.1' });
  const { Instances } = await emr.send(
    new ListInstancesCommand({ ClusterId: 'j-1', InstanceGroupTypes: ['MASTER'], InstanceStates: ['RUNNING'] }),
  );
  t.deepEqual(
    Instances?.map(({ PrivateIpAddress }) => PrivateIpAddress),
    ['127.0.0.1'],
  );
});

test('a test says what state a cluster is in and where its primaries are', async (t) => {
  const { emr, ask } = await world(t);
  const reason = { code: 'USER_REQUEST', message: 'Terminated by user request' };
  await ask('POST', 'clusters/j-1', { state: 'TERMINATED', reason });
  await ask('POST', 'clusters/j-2', { primaries: ['127.0.0.1', '127.0.0.2', '127.0.0.3'] });
  const { Clusters } = await emr.send(new ListClustersCommand({ ClusterStates: ['WAITING'] }));
  t.deepEqual(
    Clusters?.map(({ Id }) => Id),
    ['j-2'],
  );
  const { Cluster } = await emr.send(new DescribeClusterCommand({ ClusterId: 'j-1' }));
  t.deepEqual(Cluster?.Status?.StateChangeReason, { Code: 'USER_REQUEST', Message: 'Terminated by user request' });
  const instances = new ListInstancesCommand({ ClusterId: 'j-2', InstanceGroupTypes: ['MASTER'] });
  t.is((await emr.send(instances)).Instances?.length, 3);
  const step = { Name: 'x', HadoopJarStep: { Jar: 'command-runner.jar' } };
  await t.throwsAsync(emr.send(new AddJobFlowStepsCommand({ JobFlowId: 'j-1', Steps: [step] })), {
    message: /may not be modified/,
  });
});

test('a cluster that is not there is refused in the words of EMR', async (t) => {
  const { emr } = await world(t);
  await t.throwsAsync(emr.send(new DescribeClusterCommand({ ClusterId: 'j-9' })), {
    name: 'InvalidRequestException',
    message: "Cluster id 'j-9' is not valid.",
  });
});

test('steps come in pages of 50, newest first', async (t) => {
  const { emr } = await world(t);
  const steps = Array.from({ length: 120 }, (_, index) => ({
    Name: `step ${index}`,
    HadoopJarStep: { Jar: 'command-runner.jar' },
  }));
  await emr.send(new AddJobFlowStepsCommand({ JobFlowId: 'j-1', Steps: steps }));
  const names: (string | undefined)[] = [];
  for await (const page of paginateListSteps({ client: emr }, { ClusterId: 'j-1' }))
    names.push(...(page.Steps ?? []).map(({ Name }) => Name));
  t.is(names.length, 120);
  t.deepEqual([names[0], names.at(-1)], ['step 119', 'step 0']);
  const pending = await emr.send(new ListStepsCommand({ ClusterId: 'j-1', StepStates: ['RUNNING'] }));
  t.is(pending.Steps?.length, 1);
});

test('an injected error comes in the words of each service, as often as was said', async (t) => {
  const { emr, s3, sts, ask } = await world(t);
  await ask('POST', 'faults', { action: 's3:GetObject', error: 'AccessDenied', resource: '/b/secret', times: 1 });
  await ask('POST', 'faults', { action: 'elasticmapreduce:*', error: 'ExpiredToken', times: 1 });
  await ask('POST', 'faults', { action: 'sts:GetCallerIdentity', error: 'ExpiredToken' });
  await s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'open' }));
  const denied = await t.throwsAsync(s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'secret/1' })));
  t.like(denied, { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  t.regex(denied.message, /is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b\/secret\/1"/);
  await s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'secret/1' }));
  await t.throwsAsync(emr.send(new ListClustersCommand({})), { name: 'ExpiredTokenException' });
  await emr.send(new ListClustersCommand({}));
  await t.throwsAsync(sts.send(new GetCallerIdentityCommand({})), { name: 'ExpiredToken' });
  await ask('DELETE', 'faults');
  await ask('POST', 'faults', { action: 's3:GetObject', error: 'AccessDenied' });
  t.like(await t.throwsAsync(s3.send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' }))), {
    $metadata: { httpStatusCode: 403 },
  });
});

test('a fault is for a path as people write it, = and all', async (t) => {
  const { s3, ask } = await world(t);
  await ask('POST', 'faults', { action: 's3:GetObject', error: 'AccessDenied', resource: '/b/in/day=1' });
  await s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'in/day=2/part-0' }));
  await t.throwsAsync(s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'in/day=1/part-0' })), { name: 'AccessDenied' });
});

test('what curl puts is an object, and no question in a form', async (t) => {
  const { endpoint, moto, ask } = await world(t);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  await fetch(`${endpoint}/b/Action=List`, { method: 'PUT', body: 'Action=GetCallerIdentity', headers });
  // moto would read a form itself, and keep nothing.
  t.like(moto.seen[0], { body: 'Action=GetCallerIdentity', headers: { 'content-type': 'binary/octet-stream' } });
  t.deepEqual(await ask('GET', 'calls'), { 's3:PutObject': 1 });
});

test('EC2 is asked by a GET as well, and refuses in its own words', async (t) => {
  const { endpoint, ask } = await world(t);
  await ask('POST', 'faults', { action: 'ec2:DescribeSecurityGroups', error: 'AccessDenied' });
  const authorization = 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/ec2/aws4_request';
  const reply = await fetch(`${endpoint}/?Action=DescribeSecurityGroups`, { headers: { authorization } });
  t.is(reply.status, 403);
  t.regex(
    await reply.text(),
    /<Response><Errors><Error><Code>UnauthorizedOperation<\/Code>.*ec2:DescribeSecurityGroups/,
  );
});

test('a lost reply: the object is written, and the writer sees its connection cut', async (t) => {
  const { s3, ask, moto } = await world(t);
  await ask('POST', 'faults', { action: 's3:PutObject', error: 'Reset', after: true, times: 1 });
  await t.throwsAsync(s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'x' })), { code: 'ECONNRESET' });
  t.is(moto.seen.length, 1);
});

test('a lost reply of a call that this machine answers itself: the step is there all the same', async (t) => {
  const { emr, ask } = await world(t);
  await ask('POST', 'faults', { action: 'elasticmapreduce:AddJobFlowSteps', error: 'Reset', after: true, times: 1 });
  const step = { Name: 'once', HadoopJarStep: { Jar: 'command-runner.jar', Args: ['spark-submit', 's3://b/job.py'] } };
  await t.throwsAsync(emr.send(new AddJobFlowStepsCommand({ JobFlowId: 'j-1', Steps: [step] })), {
    code: 'ECONNRESET',
  });
  const { Steps } = await emr.send(new ListStepsCommand({ ClusterId: 'j-1' }));
  t.deepEqual(
    Steps?.map(({ Name }) => Name),
    ['once'],
  );
});

test('throttling refuses the eleventh call at once, at the rate of that action only', async (t) => {
  const { emr, ask } = await world(t);
  await ask('POST', 'throttle', { on: true });
  const list = (): Promise<unknown> => emr.send(new ListStepsCommand({ ClusterId: 'j-1' }));
  for (let call = 0; call < 10; call++) await list();
  await t.throwsAsync(list(), { name: 'ThrottlingException', message: 'Rate exceeded' });
  await emr.send(new DescribeClusterCommand({ ClusterId: 'j-1' }));
});

test('calls are counted under the permission that they need', async (t) => {
  const { s3, emr, ask } = await world(t);
  await s3.send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' }));
  await emr.send(new ListClustersCommand({}));
  t.deepEqual(await ask('GET', 'calls'), { 's3:GetObject': 1, 'elasticmapreduce:ListClusters': 1 });
  await ask('DELETE', 'calls');
  t.deepEqual(await ask('GET', 'calls'), {});
});

test('in another region the question goes to moto, which has no cluster there', async (t) => {
  const { far, moto } = await world(t);
  await far.send(new ListClustersCommand({}));
  t.true(moto.seen[0]?.headers.authorization?.includes('/eu-west-1/'));
});

test('a page in a browser of this machine can neither run a step nor ask whether it may', async (t) => {
  const { emr, moto } = await world(t);
  const endpoint = await emr.config.endpoint?.();
  const url = `http://127.0.0.1:${endpoint?.port ?? 0}/`;
  for (const method of ['OPTIONS', 'POST']) {
    const reply = await fetch(url, { method, headers: { origin: 'https://example.com' } });
    t.is(reply.status, 403);
    t.is(reply.headers.get('access-control-allow-origin'), null);
  }
  t.is(moto.seen.length, 0);
});

test('a control that does not exist, or an unknown word in one, is refused', async (t) => {
  const { ask } = await world(t);
  await t.throwsAsync(ask('POST', 'fault', {}), { message: /^404/ });
  await t.throwsAsync(ask('POST', 'faults', { action: '*', error: 'AccessDenied', time: 1 }), { message: /^400/ });
});

test('a new object starts the machine of each rule that fits, with an input out of its event', async (t) => {
  const { s3, ask, started } = await world(t);
  const inputTransformer = {
    inputPathsMap: {
      bucket: '$.detail.bucket.name',
      key: '$.detail.object.key',
      size: '$.detail.object.size',
      etag: '$.detail.object.etag',
    },
    inputTemplate:
      '{"job": {"file": "s3://b/etl.py", "args": ["s3://<bucket>/<key>"]}, "size": <size>, "etag": "<etag>", "other": "<other>"}',
  };
  const stateMachineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:etl';
  await ask('PUT', 'rules', { name: 'in', bucket: 'b', prefix: 'in/', stateMachineArn, inputTransformer });
  await s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'in/a "b"/ü.csv', Body: 'hello' }));
  await s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'out/x', Body: 'hello' }));
  await s3.send(new PutObjectCommand({ Bucket: 'other', Key: 'in/x', Body: 'hello' }));
  const input = {
    job: { file: 's3://b/etl.py', args: ['s3://b/in/a "b"/ü.csv'] },
    size: 5,
    etag: 'x',
    other: '<other>',
  };
  t.deepEqual(started, [{ machine: stateMachineArn, input }]);
});

test('a function is called at the address where Step Functions looks for it, and an unknown one is refused as by Lambda', async (t) => {
  const { invoke } = await world(t);
  const reply = await invoke('nobody', {});
  t.is(reply.status, 404);
  t.is(reply.headers.get('x-amzn-errortype'), 'ResourceNotFoundException');
});

test('a throttled function is refused with 429, as Lambda does it', async (t) => {
  const { invoke, ask } = await world(t);
  await ask('POST', 'faults', { action: 'lambda:InvokeFunction', resource: 'etl', error: 'Throttling', times: 1 });
  const reply = await invoke('etl', {});
  t.is(reply.status, 429);
  t.is(reply.headers.get('x-amzn-errortype'), 'TooManyRequestsException');
});

/** What platform teams ask of a template, on the description that every format is written from. */
import test from 'ava';
import { ConfigError } from '../../../src/core/index.js';
import type { DeployOptions } from '../../../src/workflow/index.js';
import { code, deploy, everything, machineNames, roleArn } from './deployments.js';

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}
type Made = ReturnType<typeof deploy>;

const resources = ({ deployment }: Made) => Object.entries(deployment.resources);
const ofType = (made: Made, type: string) => resources(made).filter(([, { Type }]) => Type === type);

/** The statements of a role. */
function statementsOf(made: Made, role: string): readonly Statement[] {
  const { Policies } = made.deployment.resources[role]?.Properties as unknown as {
    readonly Policies: readonly { readonly PolicyDocument: { readonly Statement: readonly Statement[] } }[];
  };
  return Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

const allRoles = ['submit', 'status', 'cancel', 'diagnose', 'watch', 'machine', 'trigger'];

test('with all roles brought a template creates no IAM at all', (t) => {
  const roles = Object.fromEntries(allRoles.map((name) => [name, roleArn]));
  const made = deploy('run-spark-job', { ...everything, roles });
  t.false(JSON.stringify(made.deployment).includes('AWS::IAM::'));
  t.is(made.deployment.resources.SubmitFunction?.Properties.Role, roleArn);
  t.is(made.deployment.resources.StateMachine?.Properties.RoleArn, roleArn);
  t.is(ofType(deploy('run-spark-job', everything), 'AWS::IAM::Role').length, 7);
});

/** What no ARN exists for, by the statement's name. */
const WITHOUT_ARN = new Set([
  'StandInVpc',
  'Trace',
  'FindCluster',
  'DeliverLog',
  'OwnStatements',
  'CreateCluster',
  'FollowJob',
]);

for (const name of machineNames) {
  test(`no role of ${name} has an action with a star, nor a resource with nothing else where it could be named`, (t) => {
    const made = deploy(name, name.startsWith('run-spark-job') ? everything : {});
    for (const [role] of ofType(made, 'AWS::IAM::Role'))
      for (const { Sid, Action, Resource } of statementsOf(made, role)) {
        t.false(
          Action.some((action) => action.includes('*')),
          `${role} ${Sid}`,
        );
        if (Resource === '*') t.true(WITHOUT_ARN.has(Sid.replace(/\d$/, '')), `${role} ${Sid}`);
      }
  });
}

test('each function may do what it does, and no more', (t) => {
  const made = deploy('run-spark-job that waits for a token', everything);
  const actions = (role: string): readonly string[] => statementsOf(made, role).flatMap(({ Action }) => Action);
  const who = (action: string): readonly string[] =>
    allRoles
      .slice(0, 5)
      .filter((name) => actions(`${name.charAt(0).toUpperCase()}${name.slice(1)}Role`).includes(action));
  t.deepEqual(who('states:SendTaskSuccess'), ['submit', 'watch']);
  t.deepEqual(who('states:SendTaskHeartbeat'), ['watch']);
  t.deepEqual(who('sqs:SendMessage'), ['submit', 'watch']);
  t.deepEqual(who('elasticmapreduce:AddJobFlowSteps'), []);
  const writes = (role: string): string =>
    JSON.stringify(statementsOf(made, role).find(({ Sid }) => Sid === 'WriteLedger')?.Resource);
  t.true(writes('WatchRole').includes('watcher.json'));
  t.false(writes('StatusRole').includes('watcher.json'));
  t.deepEqual(
    statementsOf(made, 'MachineRole').find(({ Sid }) => Sid === 'CallFunctions')?.Resource,
    ['SubmitAlias', 'StatusAlias', 'CancelAlias'].map((Ref) => ({ Ref })),
  );
});

test('EMR steps and runtime roles bring the rights for them, on the cluster that is named', (t) => {
  const env = { LIVYWIRE_BACKEND: 'emr-step', LIVYWIRE_EXECUTION_ROLE: roleArn };
  const made = deploy('run-spark-job', { cluster: 'j-ABC', env });
  const steps = statementsOf(made, 'SubmitRole').find(({ Sid }) => Sid === 'Steps');
  t.deepEqual(steps?.Action, ['elasticmapreduce:ListSteps', 'elasticmapreduce:AddJobFlowSteps']);
  t.true(JSON.stringify(steps?.Resource).includes('cluster/j-ABC'));
  t.truthy(statementsOf(made, 'SubmitRole').find(({ Sid }) => Sid === 'PassRole'));
  t.falsy(statementsOf(made, 'StatusRole').find(({ Sid }) => Sid === 'PassRole'));
  t.true(statementsOf(made, 'CancelRole').some(({ Action }) => Action.includes('elasticmapreduce:CancelSteps')));
  t.false(JSON.stringify(made.deployment).includes('elasticmapreduce:ListClusters'));
});

test('what functions look at is the prefix itself and what is below it, not its neighbours', (t) => {
  const read = (key: string) =>
    statementsOf(deploy('run-spark-job', { reads: [{ bucket: 'b', key }] }), 'StatusRole').filter(({ Sid }) =>
      /^(?:List|Read)Data1$/.test(Sid),
    );
  const [list, objects] = read('sales');
  t.deepEqual(list?.Condition, { StringLikeIfExists: { 's3:prefix': ['sales/*', 'sales'] } });
  t.deepEqual(objects?.Resource, [
    { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::b/sales' },
    { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::b/sales/*' },
  ]);
  t.deepEqual(read('')[1]?.Resource, [{ 'Fn::Sub': 'arn:${AWS::Partition}:s3:::b/*' }]);
});

/** What the group that is made lets out to the primary's, and what the primary's lets in, by port. */
function portsOf(env: Readonly<Record<string, string>>) {
  const made = deploy('run-spark-job', { env, primaryGroup: 'sg-0a1b2c3d' });
  const rules = made.deployment.resources.SecurityGroup?.Properties.SecurityGroupEgress as unknown as readonly {
    readonly FromPort: number;
    readonly ToPort: number;
    readonly Description: string;
    readonly DestinationSecurityGroupId?: string;
  }[];
  const egress = rules.filter(({ DestinationSecurityGroupId: to, Description }) => to !== undefined && Description !== 'ContainerLogs'); // prettier-ignore
  const ingress = ofType(made, 'AWS::EC2::SecurityGroupIngress').map(([, { Properties }]) => Properties);
  return { out: egress.map(({ FromPort }) => FromPort), in: ingress.map(({ FromPort }) => FromPort) };
}

test('the groups let through the ports of the addresses that are given, each once, and the usual ones elsewhere', (t) => {
  const usual = [8998, 8088, 20888, 18080, 19888];
  t.deepEqual(portsOf({}), { out: usual, in: usual });
  const given = [9443, 8090, 8091, 20888, 80, 19888];
  t.deepEqual(
    portsOf({
      LIVYWIRE_URL: 'https://livy.internal:9443/gateway',
      LIVYWIRE_YARN_URL: 'http://rm1:8090, http://rm2:8091',
      LIVYWIRE_HISTORY_URL: 'http://history.internal',
    }),
    { out: given, in: given },
  );
  const shared = [8443, 20888, 18080, 19888];
  t.deepEqual(portsOf({ LIVYWIRE_URL: 'https://knox:8443/livy', LIVYWIRE_YARN_URL: 'https://knox:8443/yarn' }), {
    out: shared,
    in: shared,
  });
  t.deepEqual(portsOf({ LIVYWIRE_YARN_URL: 'none' }).out, usual);
});

test('a machine and a rule call the alias, never the function itself', (t) => {
  const made = deploy('run-spark-job', everything);
  const text = JSON.stringify(made.deployment.resources.StateMachine?.Properties.DefinitionString);
  t.true(text.includes('${SubmitAlias}'));
  t.false(text.includes('Function}'));
  for (const rule of ['WatchSchedule', 'ClusterEnds'])
    t.like((made.deployment.resources[rule]?.Properties.Targets as readonly object[])[0], {
      Arn: { Ref: 'WatchAlias' },
    });
});

const versions = (more: Partial<DeployOptions>): string =>
  ofType(deploy('run-spark-job', more), 'AWS::Lambda::Version')
    .map(([name]) => name)
    .join();

test('other code or another configuration is another version, and the same is the same', (t) => {
  const other = { ...code, submit: { file: 'functions/submit-ffffffffffffffff.zip', sha256: 'ffffffffffffffff' } };
  t.is(versions({}), versions({}));
  t.not(versions({}), versions({ code: other }));
  t.not(versions({}), versions({ memoryMb: 1_024 }));
  t.not(versions({}), versions({ env: { LIVYWIRE_YARN_URL: 'http://yarn:8088' } }));
  t.is(versions({}), versions({ email: 'a@example.com' }), 'what is not about functions makes none');
});

test('a variable that says when secrets were rotated changes each function and makes a version, so CloudFormation reads them again', (t) => {
  const { secrets = {} } = everything;
  const of = (day: string) => {
    const made = deploy('run-spark-job', { secrets, env: { ROTATED: day } });
    const functions = ofType(made, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties);
    return { functions, versions: ofType(made, 'AWS::Lambda::Version').map(([name]) => name) };
  };
  const [before, after, again] = [of('2026-11-01'), of('2026-11-23'), of('2026-11-23')];
  t.deepEqual(after, again, 'the same template is no change, whatever the secret holds');
  t.is(after.functions.length, 5);
  for (const [i, one] of after.functions.entries()) {
    t.notDeepEqual(one.Environment, before.functions[i]?.Environment);
    t.true(JSON.stringify(one.Environment).includes('{{resolve:secretsmanager:'));
    t.not(after.versions[i], before.versions[i]);
  }
});

test('a function says which version it is of, for Lambda makes none of a function that has not changed', (t) => {
  const made = deploy('run-spark-job', { concurrency: 5 });
  const [version = ''] = ofType(made, 'AWS::Lambda::Version')[0] ?? [];
  const said = made.deployment.resources.SubmitFunction?.Properties.Description;
  t.true(JSON.stringify(said).includes(`(${version.replace('SubmitVersion', '')})`), JSON.stringify(said));
});

test('a parameter that is changed later makes a version, by its description; old versions stay', (t) => {
  const [, version] = ofType(deploy(), 'AWS::Lambda::Version')[0] ?? [];
  t.is(version?.DeletionPolicy, 'Retain');
  t.is(version?.UpdateReplacePolicy, 'Retain');
  const text = JSON.stringify(version?.Properties.Description);
  for (const name of ['Cluster', 'SubnetIds']) t.true(text.includes(`{"Ref":"${name}"}`), name);
});

test('the ledger stays when the stack goes, encrypted, versioned, closed, and over TLS alone', (t) => {
  const { LedgerBucket: bucket, LedgerBucketPolicy: policy } = deploy('run-spark-job', everything).deployment.resources;
  t.like(bucket, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  const text = JSON.stringify(bucket?.Properties);
  for (const said of ['"aws:kms"', '"BlockPublicPolicy":true', '"Status":"Enabled"', '"ExpirationInDays":400'])
    t.true(text.includes(said), said);
  t.true(JSON.stringify(policy).includes('"aws:SecureTransport":"false"'));
});

test('a ledger that is there is used as it is', (t) => {
  const made = deploy('run-spark-job', { ledger: { bucket: 'team', key: 'runs/livywire' } });
  t.is(ofType(made, 'AWS::S3::Bucket').length, 0);
  const read = statementsOf(made, 'StatusRole').find(({ Sid }) => Sid === 'ReadLedger');
  t.true(JSON.stringify(read?.Resource).includes('s3:::team/runs/livywire/*'));
});

test('whatever is started by an event is tried again, and then kept in the queue', (t) => {
  const made = deploy('run-spark-job', everything);
  const rules = ofType(made, 'AWS::Events::Rule');
  t.is(rules.length, 4);
  for (const [name, { Properties }] of rules)
    for (const target of Properties.Targets as readonly Readonly<Record<string, unknown>>[]) {
      t.truthy(target.RetryPolicy, name);
      t.deepEqual(target.DeadLetterConfig, { Arn: { 'Fn::GetAtt': ['FailedQueue', 'Arn'] } }, name);
    }
  for (const name of ['SubmitFunction', 'WatchFunction'])
    t.truthy(made.deployment.resources[name]?.Properties.DeadLetterConfig, name);
});

test('alarms tell the topic: runs, functions, executions, the queue, and the cluster where its id is known', (t) => {
  const names = (more: Partial<DeployOptions>): readonly string[] =>
    ofType(deploy('run-spark-job', more), 'AWS::CloudWatch::Alarm').map(([name]) => name.replace(/Alarm$/, ''));
  const always = ['RunFailed', 'RunLost', 'RunTooOld', 'WatcherSilent', 'SubmitFailed', 'FunctionFailed', 'FunctionThrottled', 'ExecutionFailed', 'ExecutionTimedOut', 'NotDelivered']; // prettier-ignore
  t.deepEqual(names({}), always);
  t.deepEqual(names({ clusterId: 'j-ABC' }), [...always, 'ClusterIdle', 'ContainersPending', 'AppsPending']);
  for (const [, { Properties }] of ofType(deploy(), 'AWS::CloudWatch::Alarm'))
    t.deepEqual(Properties.AlarmActions, [{ Ref: 'AlarmTopic' }]);
});

test('what is given is fixed, and only what is left out is a parameter', (t) => {
  t.deepEqual(Object.keys(deploy().deployment.parameters).sort(), [
    'Cluster',
    'CodeBucket',
    'LogRetentionDays',
    'NamePrefix',
    'PrimarySecurityGroupId',
    'SubnetIds',
    'VpcId',
  ]);
  t.deepEqual(Object.keys(deploy('run-spark-job', everything).deployment.parameters), ['CodeBucket']);
  for (const { Description } of Object.values(deploy().deployment.parameters)) t.true(Description.length > 10);
});

test('tags, the boundary and the key reach everything that takes them', (t) => {
  const made = deploy('run-spark-job', everything);
  for (const [name, { Type, Properties }] of resources(made)) {
    if (/Role$|Bucket$|Function$|Queue$|Topic$|Alarm$|Log$|::Rule$/.test(Type)) t.true(JSON.stringify(Properties.Tags).includes('"data"'), name); // prettier-ignore
    if (Type === 'AWS::IAM::Role') t.is(Properties.PermissionsBoundary, everything.permissionsBoundary ?? '', name);
    if (Type === 'AWS::Logs::LogGroup') t.is(Properties.KmsKeyId, everything.kmsKey ?? '', name);
  }
});

test('a machine that calls no function of ours brings no functions, no ledger and no network', (t) => {
  for (const name of ['run-spark-step', 'run-glue-job', 'run-glue-workflow'] as const) {
    const text = JSON.stringify(deploy(name).deployment.resources);
    t.false(/AWS::Lambda|AWS::S3|AWS::EC2/.test(text), name);
  }
});

for (const [what, more, said] of [
  ['a subnet', { subnets: ['subnet-x'] }, /^--subnet: "subnet-x" is not the id of a subnet/],
  ['a role', { roles: { machine: 'admin' } }, /^--role: "admin" is not the ARN of a role/],
  ['a key', { kmsKey: 'alias/x' }, /^--kms-key: /],
  ['a schedule', { trigger: { kind: 'schedule', expression: 'daily', input: {} } }, /^--schedule: "daily" is not rate/],
  ['days of logs', { logDays: 8 }, /^--log-days: 8 is none of/],
  ['a memory', { memoryMb: 64 }, /^--memory: 64 is not a whole number from 128/],
  [
    'a password in the open',
    { env: { LIVYWIRE_PASSWORD: 'x' } },
    /^--env: LIVYWIRE_PASSWORD would stand in the template; give --secret/,
  ],
  [
    'a ledger twice',
    { ledger: { bucket: 'a', key: '' }, ledgerBucket: 'other' },
    /^--ledger-bucket: names a bucket to make/,
  ],
  ['a VPC and none', { noVpc: true, vpc: 'vpc-0a1b2c3d' }, /^--no-vpc: /],
  ['ssh in a function', { env: { LIVYWIRE_VIA: 'ssh:x' } }, /^--env: LIVYWIRE_VIA/],
] as const satisfies readonly (readonly [string, Partial<DeployOptions>, RegExp])[]) {
  test(`${what} that is wrong is refused by its flag`, (t) => {
    const error = t.throws(() => deploy('run-spark-job', more), { instanceOf: ConfigError });
    t.regex(error.message, said);
  });
}

test('what is about functions is refused for a machine that has none', (t) => {
  t.throws(() => deploy('run-glue-job', { memoryMb: 1_024 }), { message: /^--memory: run-glue-job calls no function/ });
  t.throws(() => deploy('run-glue-job', { roles: { submit: roleArn } }), { message: /^--role: / });
});

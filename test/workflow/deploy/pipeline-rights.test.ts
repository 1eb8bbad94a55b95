/** The rights of a pipeline's role come from the calls that it makes: of every kind of step they are known. */
import test from 'ava';
import { ConfigError } from '../../../src/core/index.js';
import {
  compilePipeline,
  describeDeployment,
  type DeployOptions,
  PLACEHOLDER_PREFIX,
  type StepDescription,
  stepKinds,
} from '../../../src/workflow/index.js';
import { code, roleArn } from './deployments.js';

const functions = {
  submit: `${PLACEHOLDER_PREFIX}submit`,
  status: `${PLACEHOLDER_PREFIX}status`,
  cancel: `${PLACEHOLDER_PREFIX}cancel`,
};
const job = { file: 's3://jobs/a.py' };
const serviceRole = 'EMR_DefaultRole';

const steps: Readonly<Record<keyof typeof stepKinds, StepDescription>> = {
  livy: { kind: 'livy', job },
  'emr-step': { kind: 'emr-step', cluster: 'j-ABC', job },
  'emr-serverless': { kind: 'emr-serverless', application: '00f1', role: roleArn, job },
  'create-cluster': {
    kind: 'create-cluster',
    release: 'emr-7.9.0',
    instances: { InstanceCount: 1 },
    serviceRole,
    instanceRole: 'EMR_EC2_DefaultRole',
    keep: true,
  },
  'terminate-cluster': { kind: 'terminate-cluster', cluster: 'j-ABC' },
  'glue-job': { kind: 'glue-job', job: 'load' },
  'glue-crawler': { kind: 'glue-crawler', crawler: 'sales', timeout: 60 },
  'glue-workflow': { kind: 'glue-workflow', workflow: 'nightly', timeout: 60 },
  redshift: { kind: 'redshift', database: 'dwh', workgroup: 'w', secret: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x', sql: 'select 1', timeout: 60 }, // prettier-ignore
  lambda: { kind: 'lambda', function: 'fetch' },
  batch: { kind: 'batch', queue: 'q', definition: 'd' },
  ecs: { kind: 'ecs', cluster: 'c', definition: 'd' },
  sagemaker: { kind: 'sagemaker', job: 'training', name: 't', with: { RoleArn: roleArn } },
  codebuild: { kind: 'codebuild', project: 'p' },
  dynamodb: { kind: 'dynamodb', do: 'get', table: 't', key: { id: { S: '1' } } },
  sns: { kind: 'sns', topic: 'arn:aws:sns:eu-west-1:123456789012:t', message: 'm' },
  sqs: { kind: 'sqs', queue: 'https://sqs.eu-west-1.amazonaws.com/123456789012/q', message: 'm' },
  events: { kind: 'events', source: 's', type: 't', detail: {} },
  machine: { kind: 'machine', machine: 'arn:aws:states:eu-west-1:123456789012:stateMachine:other' },
  task: { task: { Type: 'Pass' } },
};

interface Allowed {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: unknown;
}

function rolePolicy(step: StepDescription, more: Partial<DeployOptions> = {}): readonly Allowed[] {
  const { name, definition } = compilePipeline({ name: 'p', steps: { step } }, { functions });
  const machine = { name, hasKeys: false, definition };
  const { deployment } = describeDeployment({ machine, version: '0.1.0', code, ...more });
  const [policy] = deployment.resources.MachineRole?.Properties.Policies as unknown as readonly {
    readonly PolicyDocument: { readonly Statement: readonly Allowed[] };
  }[];
  return policy?.PolicyDocument.Statement ?? [];
}

/** Of these a step uses a part of what its kind may. */
const USES_A_PART = new Set(['create-cluster', 'dynamodb', 'redshift', 'sagemaker']);

for (const [kind, step] of Object.entries(steps)) {
  test(`the role of a pipeline with a step of kind ${kind} may do what that needs, and no more`, (t) => {
    const given = new Set(rolePolicy(step).flatMap(({ Sid, Action }) => (Sid === 'DeliverLog' ? [] : Action)));
    const needed = new Set<string>(stepKinds[kind as keyof typeof stepKinds].permissions);
    if (kind === 'livy') for (const action of ['events:PutTargets', 'events:PutRule', 'events:DescribeRule']) needed.add(action); // prettier-ignore
    t.deepEqual(
      [...given].filter((action) => !needed.has(action)),
      [],
      'more',
    );
    if (!USES_A_PART.has(kind))
      t.deepEqual(
        [...needed].filter((action) => !given.has(action)),
        [],
        'less',
      );
    else t.true(given.size > 0);
  });
}

const own = 'arn:${AWS::Partition}:';
const here = '${AWS::Region}:${AWS::AccountId}';

/** The ARNs that an action is allowed for, as CloudFormation has them. */
function resourcesOf(step: StepDescription, action: string): readonly string[] {
  const text = (one: unknown): string =>
    typeof one === 'string' ? one : (one as { readonly 'Fn::Sub': string })['Fn::Sub'];
  return rolePolicy(step)
    .filter(({ Action }) => Action.includes(action))
    .flatMap(({ Resource }) => (Array.isArray(Resource) ? Resource.map(text) : [text(Resource)]));
}

const batchQueue = `${own}batch:${here}:job-queue/q`;
const other = 'arn:aws:states:eu-west-1:210987654321:stateMachine:other';
const otherRuns = 'arn:aws:states:eu-west-1:210987654321:execution:other:*';
const secretArn = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x';
const sql = { kind: 'redshift', database: 'dwh', sql: 'select 1', timeout: 60 } as const;

for (const [what, step, wanted] of [
  [
    'a definition of ECS without a revision: the one that is the newest by then',
    { kind: 'ecs', cluster: 'c', definition: 'd' },
    { 'ecs:RunTask': [`${own}ecs:${here}:task-definition/d:*`] },
  ],
  [
    'a definition of ECS with a revision: that one alone',
    { kind: 'ecs', cluster: 'c', definition: 'd:7' },
    { 'ecs:RunTask': [`${own}ecs:${here}:task-definition/d:7`] },
  ],
  [
    'an ARN of a definition without a revision',
    { kind: 'ecs', cluster: 'c', definition: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/d' },
    { 'ecs:RunTask': ['arn:aws:ecs:eu-west-1:123456789012:task-definition/d:*'] },
  ],
  [
    'a definition of Batch without a revision: its name and all its revisions',
    { kind: 'batch', queue: 'q', definition: 'd' },
    { 'batch:SubmitJob': [batchQueue, `${own}batch:${here}:job-definition/d`, `${own}batch:${here}:job-definition/d:*`] }, // prettier-ignore
  ],
  [
    'a definition of Batch with a revision: that one alone',
    { kind: 'batch', queue: 'q', definition: 'd:3' },
    { 'batch:SubmitJob': [batchQueue, `${own}batch:${here}:job-definition/d:3`] },
  ],
  [
    'a cluster of Redshift without a user: who the role is, on this database',
    { ...sql, cluster: 'analysts' },
    {
      'redshift-data:ExecuteStatement': [`${own}redshift:${here}:cluster:analysts`],
      'redshift:GetClusterCredentialsWithIAM': [`${own}redshift:${here}:dbname:analysts/dwh`],
      'redshift:GetClusterCredentials': [],
      'redshift-serverless:GetCredentials': [],
      'secretsmanager:GetSecretValue': [],
    },
  ],
  [
    'a cluster of Redshift with a user: that user',
    { ...sql, cluster: 'analysts', user: 'etl' },
    {
      'redshift-data:ExecuteStatement': [`${own}redshift:${here}:cluster:analysts`],
      'redshift:GetClusterCredentials': [`${own}redshift:${here}:dbuser:analysts/etl`, `${own}redshift:${here}:dbname:analysts/dwh`], // prettier-ignore
      'redshift:GetClusterCredentialsWithIAM': [],
    },
  ],
  [
    'a cluster of Redshift with a secret: the secret and nothing else',
    { ...sql, cluster: 'analysts', secret: secretArn },
    {
      'redshift-data:ExecuteStatement': [`${own}redshift:${here}:cluster:analysts`],
      'secretsmanager:GetSecretValue': [secretArn],
      'redshift:GetClusterCredentials': [],
      'redshift:GetClusterCredentialsWithIAM': [],
    },
  ],
  [
    'a workgroup of Redshift: no cluster',
    { ...sql, workgroup: 'w' },
    {
      'redshift-data:ExecuteStatement': [`${own}redshift-serverless:${here}:workgroup/*`],
      'redshift-serverless:GetCredentials': [`${own}redshift-serverless:${here}:workgroup/*`],
      'redshift:GetClusterCredentials': [],
      'redshift:GetClusterCredentialsWithIAM': [],
    },
  ],
  [
    'a queue of another account in another region',
    { kind: 'sqs', queue: 'https://sqs.us-gov-west-1.amazonaws.com/210987654321/sales.fifo', message: 'm' },
    { 'sqs:SendMessage': [`${own}sqs:us-gov-west-1:210987654321:sales.fifo`] },
  ],
  [
    'a queue by an endpoint of a VPC',
    { kind: 'sqs', queue: 'https://vpce-0a-1b.sqs.eu-west-1.vpce.amazonaws.com/210987654321/q', message: 'm' },
    { 'sqs:SendMessage': [`${own}sqs:eu-west-1:210987654321:q`] },
  ],
  [
    'a queue by an old host',
    { kind: 'sqs', queue: 'https://eu-west-1.queue.amazonaws.com/210987654321/q', message: 'm' },
    { 'sqs:SendMessage': [`${own}sqs:eu-west-1:210987654321:q`] },
  ],
  [
    'a queue whose URL names no region',
    { kind: 'sqs', queue: 'http://queues.internal/210987654321/q', message: 'm' },
    { 'sqs:SendMessage': [`${own}sqs:\${AWS::Region}:210987654321:q`] },
  ],
  ...['', ':3', ':live'].map(
    (qualifier) =>
      [
        `another machine by its ARN${qualifier === '' ? '' : ` with ${qualifier}`}`,
        { kind: 'machine', machine: `${other}${qualifier}` },
        { 'states:StartExecution': [other], 'states:DescribeExecution': [otherRuns], 'states:StopExecution': [otherRuns] }, // prettier-ignore
      ] as const,
  ),
] as readonly (readonly [string, StepDescription, Readonly<Record<string, readonly string[]>>])[]) {
  test(`the role names the resource of ${what}`, (t) => {
    t.deepEqual(Object.fromEntries(Object.keys(wanted).map((action) => [action, resourcesOf(step, action)])), wanted);
  });
}

const athena = {
  task: {
    Type: 'Task',
    Resource: 'arn:aws:states:::athena:startQueryExecution.sync',
    Parameters: { QueryString: 'q' },
  },
} as const satisfies StepDescription;

test('a call whose rights are not known is refused, unless they or a role are brought', (t) => {
  const error = t.throws(() => rolePolicy(athena), { instanceOf: ConfigError });
  t.regex(error.message, /athena:startQueryExecution\.sync are not known here: give them with --machine-policy/);
  const statement = { Sid: 'Athena', Effect: 'Allow', Action: ['athena:StartQueryExecution'], Resource: '*' };
  t.true(rolePolicy(athena, { machinePolicy: [statement] }).some(({ Sid }) => Sid === 'Athena'));
});

test('a cluster that a pipeline makes is looked at, used and ended by its role', (t) => {
  const { definition } = compilePipeline({ steps: { make: { ...steps['create-cluster'], keep: false } as StepDescription, run: { kind: 'emr-step', cluster: 'make', job } } }); // prettier-ignore
  const machine = { name: 'p', hasKeys: false, definition };
  const { deployment } = describeDeployment({ machine, version: '0.1.0', code });
  const text = JSON.stringify(deployment.resources.MachineRole);
  for (const action of ['RunJobFlow', 'DescribeCluster', 'AddJobFlowSteps'])
    t.true(text.includes(`elasticmapreduce:${action}`), action);
});

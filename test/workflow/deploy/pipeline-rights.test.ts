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

function rolePolicy(
  step: StepDescription,
  more: Partial<DeployOptions> = {},
): readonly { Sid: string; Action: readonly string[] }[] {
  const { name, definition } = compilePipeline({ name: 'p', steps: { step } }, { functions });
  const machine = { name, hasKeys: false, definition };
  const { deployment } = describeDeployment({ machine, version: '0.1.0', code, ...more });
  const [policy] = deployment.resources.MachineRole?.Properties.Policies as unknown as readonly {
    readonly PolicyDocument: { readonly Statement: readonly { Sid: string; Action: readonly string[] }[] };
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

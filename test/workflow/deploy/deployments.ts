/** What is deployed in these tests: each machine, and what platform teams ask of a template. */
import {
  compilePipeline,
  type DeployOptions,
  describeDeployment,
  type MadeDeployment,
  PLACEHOLDER_PREFIX,
  runGlueJob,
  runGlueWorkflow,
  runSparkJob,
  runSparkStep,
} from '../../../src/workflow/index.js';

const functions = {
  submit: `${PLACEHOLDER_PREFIX}submit`,
  status: `${PLACEHOLDER_PREFIX}status`,
  cancel: `${PLACEHOLDER_PREFIX}cancel`,
};

const sum = (handler: string): { readonly file: string; readonly sha256: string } => ({
  file: `functions/${handler}-0123456789abcdef.zip`,
  sha256: '0123456789abcdef',
});

export const code: DeployOptions['code'] = {
  submit: sum('submit'),
  status: sum('status'),
  cancel: sum('cancel'),
  diagnose: sum('diagnose'),
  watch: sum('watch'),
};

const pipeline = compilePipeline(
  {
    name: 'nightly',
    steps: {
      land: { kind: 'emr-step', cluster: 'j-ABC', job: { file: 's3://jobs/land.py' } },
      clean: { kind: 'livy', needs: 'land', job: { file: 's3://jobs/clean.py' } },
      each: { kind: 'livy', needs: 'clean', foreach: ['de', 'fr'], job: { file: 's3://jobs/c.py', args: ['${item}'] } },
      load: { kind: 'glue-job', needs: 'each', job: 'load' },
      crawl: { kind: 'glue-crawler', needs: 'load', crawler: 'sales' },
      copy: {
        kind: 'redshift',
        needs: 'load',
        database: 'dwh',
        cluster: 'analysts',
        user: 'etl',
        sql: 'select 1',
      },
      note: { kind: 'dynamodb', needs: 'copy', do: 'put', table: 'runs', item: { day: { S: '1' } } },
      tell: { kind: 'sns', needs: 'copy', topic: 'arn:aws:sns:eu-west-1:123456789012:sales', message: 'there' },
      queue: { kind: 'sqs', needs: 'copy', queue: 'https://sqs.eu-west-1.amazonaws.com/123456789012/q', message: 'm' },
    },
  },
  { functions },
);

export const machines = {
  'run-spark-job': { name: 'run-spark-job', hasKeys: true, definition: runSparkJob({ functions }) },
  'run-spark-job that waits for a token': {
    name: 'run-spark-job',
    hasKeys: true,
    definition: runSparkJob({ functions, wait: 'token', retry: { errors: ['NODE_LOST'], maxAttempts: 2 } }),
  },
  'run-spark-step': { name: 'run-spark-step', hasKeys: false, definition: runSparkStep({ clusterId: 'j-ABC' }) },
  'run-glue-job': { name: 'run-glue-job', hasKeys: false, definition: runGlueJob({ jobName: 'etl' }) },
  'run-glue-workflow': {
    name: 'run-glue-workflow',
    hasKeys: false,
    definition: runGlueWorkflow({ workflowName: 'nightly' }),
  },
  pipeline: { name: 'nightly', hasKeys: false, definition: pipeline.definition },
} as const satisfies Readonly<Record<string, DeployOptions['machine']>>;

export type MachineName = keyof typeof machines;
export const machineNames = Object.keys(machines) as readonly MachineName[];

export const deploy = (name: MachineName = 'run-spark-job', more: Partial<DeployOptions> = {}): MadeDeployment =>
  describeDeployment({ machine: machines[name], version: '0.1.0', code, ...more });

const account = '123456789012';
export const roleArn = `arn:aws:iam::${account}:role/brought`;

/** Everything that can be asked for at once. */
export const everything: Partial<DeployOptions> = {
  namePrefix: 'etl-',
  cluster: 'nightly',
  clusterId: 'j-ABC',
  env: { LIVYWIRE_EXECUTION_ROLE: `arn:aws:iam::${account}:role/etl`, LIVYWIRE_EVENT_BUS: 'sales' },
  secrets: { LIVYWIRE_PASSWORD: `arn:aws:secretsmanager:eu-west-1:${account}:secret:livy-AbCdEf#password` },
  ledgerBucket: 'team-ledger',
  ledgerDays: 400,
  reads: [{ bucket: 'landing', key: 'sales' }],
  vpc: 'vpc-0a1b2c3d',
  subnets: ['subnet-0a1b2c3d', 'subnet-0b2b2c3d'],
  primaryGroup: 'sg-0a1b2c3d',
  coreGroup: 'sg-0b2b2c3d',
  permissionsBoundary: `arn:aws:iam::${account}:policy/boundary`,
  kmsKey: `arn:aws:kms:eu-west-1:${account}:key/0a1b2c3d-1111-2222-3333-444455556666`,
  tags: { team: 'data', stage: 'prod' },
  logDays: 90,
  architecture: 'x86_64',
  memoryMb: 1_024,
  concurrency: 20,
  xray: true,
  trigger: {
    kind: 's3',
    bucket: 'landing',
    prefix: 'sales/',
    input: { job: { file: 's3://jobs/etl.py', args: ['--in', '{uri}', '--day', '{date}'] }, timeoutSeconds: 3_600 },
  },
  email: 'data@example.com',
  oldestRunHours: 12,
  audit: 'topic',
};

export const scheduled: Partial<DeployOptions> = {
  trigger: { kind: 'schedule', expression: 'cron(0 3 * * ? *)', input: { day: '{date}' } },
};

import { clusterOf } from './cluster.js';
import type { LedgerPlace } from './ledger-bucket.js';
import type { LogGroup } from './logs.js';
import { type Value } from './model.js';
import type { HandlerName } from './options.js';
import { allow, ownArn, readStatements, type Statement } from './rights.js';
import type { Stack } from './stack.js';
import { tasksIn } from './tasks.js';

/** What one function may do, and nothing else. */
export function functionStatements(
  handler: HandlerName,
  stack: Stack,
  {
    ledger,
    log,
    queueArn,
  }: { readonly ledger: LedgerPlace; readonly log: LogGroup; readonly queueArn: Value | undefined },
): readonly Statement[] {
  const { options } = stack;
  const { reads = [], kmsKey, noVpc = false, xray = false } = options;
  return [
    allow('WriteLog', ['logs:CreateLogStream', 'logs:PutLogEvents'], log.arn),
    ...ledgerStatements(handler, ledger),
    ...reads.flatMap((address, i) => readStatements(`Data${i + 1}`, address)),
    ...emrStatements(handler, options),
    ...tellStatements(handler, stack),
    ...(kmsKey === undefined ? [] : [allow('UseKey', ['kms:Decrypt', 'kms:GenerateDataKey'], kmsKey)]),
    ...(queueArn === undefined ? [] : [allow('KeepWhatFailed', ['sqs:SendMessage'], queueArn)]),
    ...(noVpc ? [] : [inVpc]),
    // X-Ray has no resources.
    ...(xray ? [allow('Trace', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*')] : []),
  ];
}

/** Those of AWSLambdaVPCAccessExecutionRole: EC2 knows no resource for an interface that is not there yet. */
const inVpc = allow(
  'StandInVpc',
  [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ],
  '*',
);

/** Records of runs: whoever sees an end writes it down. Only the watcher tells that it watches. */
function ledgerStatements(handler: HandlerName, { bucketArn, prefix, objects }: LedgerPlace): readonly Statement[] {
  const written = ['ledger.json', 'runs/*', 'active/*', 'ended/*', ...(handler === 'watch' ? ['watcher.json'] : [])];
  const under = prefix === '' ? '*' : `${prefix}/*`;
  return [
    allow('ListLedger', ['s3:ListBucket'], bucketArn, { StringLikeIfExists: { 's3:prefix': [under] } }),
    allow('ReadLedger', ['s3:GetObject'], objects('*')),
    allow('WriteLedger', ['s3:PutObject'], written.map(objects)),
    allow('CloseRuns', ['s3:DeleteObject'], objects('active/*')),
  ];
}

function emrStatements(handler: HandlerName, options: Stack['options']): readonly Statement[] {
  const { env = {} } = options;
  const role = env.LIVYWIRE_EXECUTION_ROLE;
  const backend = env.LIVYWIRE_BACKEND ?? 'livy';
  const starts = handler === 'submit';
  const passRole = (service: string): readonly Statement[] =>
    starts && role !== undefined
      ? [allow('PassRole', ['iam:PassRole'], role, { StringEquals: { 'iam:PassedToService': service } })]
      : [];
  if (backend === 'emr-serverless') {
    const application = ownArn('emr-serverless', `/applications/${env.LIVYWIRE_APPLICATION ?? '*'}`);
    const runs = ownArn('emr-serverless', `/applications/${env.LIVYWIRE_APPLICATION ?? '*'}/jobruns/*`);
    return [
      allow(
        'FindJobRuns',
        ['emr-serverless:ListJobRuns', ...(starts ? ['emr-serverless:StartJobRun'] : [])],
        application,
      ),
      allow('ReadJobRuns', ['emr-serverless:GetJobRun', ...(handler === 'cancel' ? ['emr-serverless:CancelJobRun'] : [])], runs), // prettier-ignore
      ...passRole('emr-serverless.amazonaws.com'),
    ];
  }
  const { isUsed, id } = clusterOf(options);
  if (!isUsed) return [];
  const cluster = ownArn('elasticmapreduce', `cluster/${id ?? '*'}`);
  const steps = [
    'elasticmapreduce:ListSteps',
    ...(starts ? ['elasticmapreduce:AddJobFlowSteps'] : []),
    ...(handler === 'cancel' ? ['elasticmapreduce:CancelSteps'] : []),
  ];
  return [
    allow('ReadCluster', ['elasticmapreduce:DescribeCluster', 'elasticmapreduce:ListInstances'], cluster),
    // It has no resources.
    ...(id === undefined ? [allow('FindCluster', ['elasticmapreduce:ListClusters'], '*')] : []),
    ...(backend === 'emr-step' ? [allow('Steps', steps, cluster), ...passRole('elasticmapreduce.amazonaws.com')] : []),
    ...(backend === 'livy' && role !== undefined
      ? [
          allow('RuntimeRole', ['elasticmapreduce:GetClusterSessionCredentials'], cluster, {
            ArnEquals: { 'elasticmapreduce:ExecutionRoleArn': role },
          }),
        ]
      : []),
  ];
}

/** Who tells a waiting task how its run ended, and a bus where the environment names one: submit at once, the watcher later. */
function tellStatements(handler: HandlerName, stack: Stack): readonly Statement[] {
  const { machine, env = {} } = stack.options;
  if (handler !== 'submit' && handler !== 'watch') return [];
  const waits = tasksIn(machine.definition).some(({ resource }) => resource.endsWith('.waitForTaskToken'));
  const calls = ['SendTaskSuccess', ...(handler === 'watch' ? ['SendTaskFailure', 'SendTaskHeartbeat'] : [])];
  const bus = env.LIVYWIRE_EVENT_BUS;
  return [
    ...(waits
      ? [
          allow(
            'AnswerTasks',
            calls.map((call) => `states:${call}`),
            ownArn('states', `stateMachine:${stack.prefix}${machine.name}`),
          ),
        ]
      : []),
    ...(bus === undefined
      ? []
      : [allow('TellBus', ['events:PutEvents'], bus.startsWith('arn:') ? bus : ownArn('events', `event-bus/${bus}`))]),
  ];
}

import { ConfigError } from '../../core/index.js';
import type { Value } from './model.js';
import { allow, ownArn, type Statement } from './rights.js';
import { invoked, machineAndExecutions, named, queue, revisions, role, secret } from './task-resources.js';
import { known, type Task } from './tasks.js';

/** What stands for the machine itself. */
export interface Itself {
  readonly machineArn: Value;
  readonly executionsArn: Value;
}

type Parameters = Task['parameters'];
type Row = (parameters: Parameters, itself: Itself) => readonly Statement[];

/** Where Step Functions hears of the end of what it waits for. `rule`: as it is called by AWS, which has it both with and without an s. */
const hears = (rule: string): Statement =>
  allow(
    'HearOfTheEnd',
    ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
    ownArn('events', `rule/StepFunctionsGetEvent${rule}Rule`),
  );

const passes = (roles: Value, service: string): Statement =>
  allow('PassRole', ['iam:PassRole'], roles, { StringEquals: { 'iam:PassedToService': service } });

function calls(given: Parameters): readonly Statement[] {
  return [allow('CallFunctions', ['lambda:InvokeFunction'], invoked(known(given, 'FunctionName')))];
}

function executed(
  { 'StateMachineArn.$': path, StateMachineArn: other }: Parameters,
  itself: Itself,
): readonly Statement[] {
  const rights = (machine: Value, executions: Value): readonly Statement[] => [
    allow('StartExecution', ['states:StartExecution'], machine),
    allow('WaitForExecution', ['states:DescribeExecution', 'states:StopExecution'], executions),
    hears('sForStepFunctionsExecution'),
  ];
  if (path === '$$.StateMachine.Id') return rights(itself.machineArn, itself.executionsArn);
  if (typeof other === 'string' && other.startsWith('arn:')) return rights(...machineAndExecutions(other));
  return rights(ownArn('states', 'stateMachine:*'), ownArn('states', 'execution:*'));
}

const glueJob = named('glue', 'job/');
const cluster = named('elasticmapreduce', 'cluster/');
const application = named('emr-serverless', '/applications/');
/** Batch's reference has it by the name as well as by the revision. */
const definitions = (name: string | undefined): readonly Value[] =>
  unique([named, revisions].map((by) => by('batch', 'job-definition/')(name)));

const sagemaker =
  (kind: string, path: string): Row =>
  (given) => {
    const verb = (one: string): string => `sagemaker:${one}${kind}Job`;
    return [
      allow(`${kind}Job`, [verb('Create'), verb('Describe'), verb('Stop'), 'sagemaker:AddTags'], ownArn('sagemaker', `${path}/*`)), // prettier-ignore
      passes(role(known(given, 'RoleArn')), 'sagemaker.amazonaws.com'),
      hears(`sForSageMaker${kind}Jobs`),
    ];
  };

/** What of Redshift's Data API one call needs. A statement has no ARN: it belongs to whoever sent it. */
const ownStatement =
  (...actions: readonly string[]): Row =>
  () => [
    allow('OwnStatements', actions, '*', {
      StringEquals: { 'redshift-data:statement-owner-iam-userid': '${aws:userid}' },
    }),
  ];

/** One statement to a cluster or to a workgroup, with a secret, as a user of the database or as who the role is. */
function sendStatement(given: Parameters): readonly Statement[] {
  const has = (name: string): boolean => Object.hasOwn(given, name) || Object.hasOwn(given, `${name}.$`);
  const name = known(given, 'ClusterIdentifier');
  const database = `${name ?? '*'}/${known(given, 'Database') ?? '*'}`;
  const [isCluster, isWorkgroup] = [has('ClusterIdentifier'), has('WorkgroupName')];
  // A workgroup's ARN has an id of AWS's in it, not its name.
  const workgroup = ownArn('redshift-serverless', 'workgroup/*');
  const send = (to: Value): Statement => allow('SendStatement', ['redshift-data:ExecuteStatement'], to);
  const credentials = (action: string, of: Value): Statement => allow('RedshiftCredentials', [action], of);
  const dbname = ownArn('redshift', `dbname:${database}`);
  const user = ownArn('redshift', `dbuser:${name ?? '*'}/${known(given, 'DbUser') ?? '*'}`);
  // Where only the secret says which of the two it is, it may be either.
  const neither = !isCluster && !isWorkgroup;
  return [
    ...(isCluster || neither ? [send(named('redshift', 'cluster:')(name))] : []),
    ...(isWorkgroup || neither ? [send(workgroup)] : []),
    ...(has('SecretArn')
      ? [allow('ReadSecret', ['secretsmanager:GetSecretValue'], secret(known(given, 'SecretArn')))]
      : [
          ...(isWorkgroup ? [credentials('redshift-serverless:GetCredentials', workgroup)] : []),
          ...(isCluster && has('DbUser') ? [credentials('redshift:GetClusterCredentials', [user, dbname])] : []),
          ...(isCluster && !has('DbUser') ? [credentials('redshift:GetClusterCredentialsWithIAM', dbname)] : []),
        ]),
  ];
}

const ROWS: Readonly<Record<string, Row>> = {
  'lambda:invoke': calls,
  'lambda:invoke.waitForTaskToken': calls,
  'states:startExecution.sync:2': executed,
  'elasticmapreduce:addStep.sync': (given) => [
    allow(
      'Steps',
      ['elasticmapreduce:AddJobFlowSteps', 'elasticmapreduce:DescribeStep', 'elasticmapreduce:CancelSteps'],
      cluster(known(given, 'ClusterId')),
    ),
    hears('ForEMRAddJobFlowSteps'),
    ...(given.ExecutionRoleArn === undefined && given['ExecutionRoleArn.$'] === undefined
      ? []
      : [passes(role(known(given, 'ExecutionRoleArn')), 'elasticmapreduce.amazonaws.com')]),
  ],
  'elasticmapreduce:createCluster': (given) => [
    // There is no ARN of a cluster that is not there yet.
    allow('CreateCluster', ['elasticmapreduce:RunJobFlow'], '*'),
    passes([role(known(given, 'ServiceRole'))], 'elasticmapreduce.amazonaws.com'),
    passes([role(known(given, 'JobFlowRole'))], 'ec2.amazonaws.com'),
  ],
  'elasticmapreduce:terminateCluster': () => [
    allow('EndCluster', ['elasticmapreduce:TerminateJobFlows', 'elasticmapreduce:DescribeCluster'], cluster(undefined)),
  ],
  'aws-sdk:emr:describeCluster': () => [allow('SeeCluster', ['elasticmapreduce:DescribeCluster'], cluster(undefined))],
  'emr-serverless:startJobRun.sync': (given) => {
    const one = application(known(given, 'ApplicationId'));
    return [
      allow('StartJobRun', ['emr-serverless:StartJobRun'], one),
      allow(
        'FollowJobRun',
        ['emr-serverless:GetJobRun', 'emr-serverless:CancelJobRun'],
        ownArn('emr-serverless', `/applications/${known(given, 'ApplicationId') ?? '*'}/jobruns/*`),
      ),
      passes(role(known(given, 'ExecutionRoleArn')), 'emr-serverless.amazonaws.com'),
      hears('sForEMRServerlessJob'),
    ];
  },
  'glue:startJobRun.sync': (given) => [
    allow(
      'GlueJob',
      ['glue:StartJobRun', 'glue:GetJobRun', 'glue:GetJobRuns', 'glue:BatchStopJobRun'],
      glueJob(known(given, 'JobName')),
    ),
  ],
  ...Object.fromEntries(
    ['startWorkflowRun', 'getWorkflowRun', 'stopWorkflowRun'].map((call): [string, Row] => [
      `aws-sdk:glue:${call}`,
      (given) => [allow('GlueWorkflow', [actionOf('glue', call)], named('glue', 'workflow/')(known(given, 'Name')))],
    ]),
  ),
  ...Object.fromEntries(
    ['startCrawler', 'getCrawler', 'stopCrawler'].map((call): [string, Row] => [
      `aws-sdk:glue:${call}`,
      (given) => [allow('GlueCrawler', [actionOf('glue', call)], named('glue', 'crawler/')(known(given, 'Name')))],
    ]),
  ),
  'aws-sdk:redshiftdata:executeStatement': sendStatement,
  'aws-sdk:redshiftdata:describeStatement': ownStatement('redshift-data:DescribeStatement'),
  'aws-sdk:redshiftdata:cancelStatement': ownStatement('redshift-data:CancelStatement'),
  'batch:submitJob.sync': (given) => [
    allow(
      'SubmitJob',
      ['batch:SubmitJob'],
      [named('batch', 'job-queue/')(known(given, 'JobQueue')), ...definitions(known(given, 'JobDefinition'))],
    ),
    // These two have no resources.
    allow('FollowJob', ['batch:DescribeJobs', 'batch:TerminateJob'], '*'),
    hears('sForBatchJobs'),
  ],
  'ecs:runTask.sync': (given) => [
    allow('RunTask', ['ecs:RunTask'], revisions('ecs', 'task-definition/')(known(given, 'TaskDefinition'))),
    allow('FollowTask', ['ecs:StopTask', 'ecs:DescribeTasks'], ownArn('ecs', 'task/*')),
    passes(role(undefined), 'ecs-tasks.amazonaws.com'),
    hears('sForECSTask'),
  ],
  'sagemaker:createTrainingJob.sync': sagemaker('Training', 'training-job'),
  'sagemaker:createTransformJob.sync': sagemaker('Transform', 'transform-job'),
  'sagemaker:createProcessingJob.sync': sagemaker('Processing', 'processing-job'),
  'codebuild:startBuild.sync': (given) => [
    allow(
      'Build',
      ['codebuild:StartBuild', 'codebuild:StopBuild', 'codebuild:BatchGetBuilds'],
      named('codebuild', 'project/')(known(given, 'ProjectName')),
    ),
    hears('ForCodeBuildStartBuild'),
  ],
  ...Object.fromEntries(
    ['getItem', 'putItem', 'updateItem', 'deleteItem'].map((call): [string, Row] => [
      `dynamodb:${call}`,
      (given) => [allow('Items', [actionOf('dynamodb', call)], named('dynamodb', 'table/')(known(given, 'TableName')))],
    ]),
  ),
  'sns:publish': (given) => [allow('Publish', ['sns:Publish'], named('sns', '')(known(given, 'TopicArn')))],
  'sqs:sendMessage': (given) => [allow('Send', ['sqs:SendMessage'], queue(known(given, 'QueueUrl')))],
  'events:putEvents': () => [allow('PutEvents', ['events:PutEvents'], ownArn('events', 'event-bus/*'))],
};

const actionOf = (service: string, call: string): string =>
  `${service}:${call.charAt(0).toUpperCase()}${call.slice(1)}`;

/** What the role of a machine needs for its tasks. @throws ConfigError naming a task whose rights are not known here */
export function taskStatements(tasks: readonly Task[], itself: Itself, hasMore: boolean): readonly Statement[] {
  const found: Statement[] = [];
  for (const { state, resource, parameters } of tasks) {
    const row = ROWS[resource] ?? (resource.startsWith('arn:') ? functionOf(resource) : undefined);
    if (row) found.push(...row(parameters, itself));
    else if (!hasMore)
      throw new ConfigError(
        `The rights that ${JSON.stringify(state)} needs for ${resource} are not known here: give them with --machine-policy, or a role with --role machine=<ARN>`,
        { field: '--machine-policy' },
      );
  }
  return merged(found);
}

const functionOf = (resource: string): Row | undefined =>
  /:lambda:/.test(resource) ? () => [allow('CallFunctions', ['lambda:InvokeFunction'], resource)] : undefined;

const listed = (value: Value): readonly Value[] => (Array.isArray(value) ? (value as readonly Value[]) : [value]);
const unique = <T>(values: readonly T[]): readonly T[] => [
  ...new Map(values.map((one) => [JSON.stringify(one), one])).values(),
];

/** Statements for the same purpose become one, where that allows nothing more. */
function merged(statements: readonly Statement[]): readonly Statement[] {
  const groups = new Map<string, Statement>();
  for (const one of statements) {
    const { Sid = '', Action, Resource, Condition } = one;
    const same = JSON.stringify([Sid, Resource, Condition]);
    const other = JSON.stringify([Sid, Action, Condition]);
    const byResource = groups.get(same);
    if (byResource) {
      groups.set(same, { ...byResource, Action: unique([...byResource.Action, ...Action]) });
      continue;
    }
    const [key, byAction] = [...groups].find(([, two]) => JSON.stringify([two.Sid, two.Action, two.Condition]) === other) ?? []; // prettier-ignore
    if (key !== undefined && byAction) {
      const Resources = unique([...listed(byAction.Resource), ...listed(Resource)]);
      groups.delete(key);
      const wider = { ...byAction, Resource: Resources.length === 1 ? (Resources[0] as Value) : Resources };
      groups.set(JSON.stringify([Sid, wider.Resource, Condition]), wider);
    } else groups.set(same, one);
  }
  // A name stands once in a policy.
  const seen = new Map<string, number>();
  return [...groups.values()].map((one) => {
    const count = (seen.get(one.Sid ?? '') ?? 0) + 1;
    seen.set(one.Sid ?? '', count);
    return count === 1 ? one : { ...one, Sid: `${one.Sid ?? ''}${count}` };
  });
}

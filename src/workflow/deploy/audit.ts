import type { Value } from './model.js';
import { logGroup } from './logs.js';
import { ownArn } from './rights.js';
import { rule, target } from './rules.js';
import type { Stack } from './stack.js';

/** Calls that change a cluster, or what runs on it. */
const CALLS = [
  'RunJobFlow',
  'TerminateJobFlows',
  'SetTerminationProtection',
  'ModifyCluster',
  'ModifyInstanceGroups',
  'ModifyInstanceFleet',
  'AddJobFlowSteps',
  'CancelSteps',
  'PutAutoTerminationPolicy',
  'RemoveAutoTerminationPolicy',
] as const;

/** Who calls EMR, as CloudTrail tells it: into a log, or to the topic. It needs a trail that records management events. */
export function addAudit(stack: Stack, topicArn: Value, queueArn: Value): void {
  const { audit = 'log' } = stack.options;
  if (audit === 'none') return;
  const to = audit === 'topic' ? topicArn : auditLog(stack);
  stack.add({
    EmrCalls: rule(
      stack.name('emr-calls'),
      'Who changes clusters and what runs on them, by CloudTrail',
      {
        EventPattern: {
          source: ['aws.elasticmapreduce'],
          'detail-type': ['AWS API Call via CloudTrail'],
          detail: { eventSource: ['elasticmapreduce.amazonaws.com'], eventName: CALLS },
        },
      },
      target('audit', to, queueArn),
    ),
  });
}

/** EventBridge writes only to groups whose name begins with /aws/events/, and only where a policy lets it. */
function auditLog(stack: Stack): Value {
  const { logGroups = {} } = stack.options;
  const brought = logGroups.audit;
  if (brought !== undefined) return ownArn('logs', `log-group:${brought}`);
  logGroup(stack, 'audit', '/aws/events/', 'emr-calls');
  stack.add({
    AuditLogPolicy: {
      Type: 'AWS::Logs::ResourcePolicy',
      Properties: {
        PolicyName: stack.name('emr-calls'),
        PolicyDocument: {
          'Fn::Sub': JSON.stringify({
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
                Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
                Resource: '${AuditLog.Arn}',
              },
            ],
          }),
        },
      },
    },
  });
  // The group's own ARN ends with `:*`, which a target may not have.
  return ownArn('logs', 'log-group:${AuditLog}');
}

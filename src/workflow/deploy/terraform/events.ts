import type { Value } from '../model.js';
import { one, renamed, tagsOf, type TfContext, type TfParts, type TfRow } from './compute.js';
import { literal, snake, type TfValue } from './expressions.js';

type Group = Readonly<Record<string, Value>>;
const group = (value: Value | undefined): Group => (value ?? {}) as unknown as Group;
const list = (value: Value | undefined): readonly Group[] => (value ?? []) as unknown as readonly Group[];

/** A rule, and each of its targets. */
export const rule: TfRow = (context) => {
  const { id, resource, expressions } = context;
  const { Properties } = resource;
  const name = snake(id);
  const targets = list(Properties.Targets).map((target): [string, TfValue] => [
    `${name}_${String(target.Id as string)}`,
    {
      rule: `\${${expressions.address(id)}.name}`,
      ...renamed(context, target, { Id: 'target_id', Arn: 'arn', RoleArn: 'role_arn' }),
      retry_policy: renamed(context, group(target.RetryPolicy), {
        MaximumEventAgeInSeconds: 'maximum_event_age_in_seconds',
        MaximumRetryAttempts: 'maximum_retry_attempts',
      }),
      dead_letter_config: renamed(context, group(target.DeadLetterConfig), { Arn: 'arn' }),
    },
  ]);
  return {
    resource: {
      aws_cloudwatch_event_rule: {
        [name]: {
          ...renamed(context, Properties, {
            Name: 'name',
            Description: 'description',
            State: 'state',
            ScheduleExpression: 'schedule_expression',
          }),
          ...(Properties.EventPattern !== undefined && {
            event_pattern: literal(JSON.stringify(Properties.EventPattern)),
          }),
          ...tagsOf(resource),
        },
      },
      aws_cloudwatch_event_target: Object.fromEntries(targets),
    },
  };
};

const metricNames = { Namespace: 'namespace', MetricName: 'metric_name' };
const dimensionsOf = ({ expressions }: TfContext, metric: Group): TfValue =>
  Object.fromEntries(
    list(metric.Dimensions).map(({ Name, Value }) => [String(Name as string), expressions.value(Value ?? '')]),
  );

export const alarm: TfRow = (context) => {
  const { id, resource } = context;
  const { Properties } = resource;
  const queries = list(Properties.Metrics).map((query): TfValue => {
    const { MetricStat } = query;
    const { Metric, Stat, Period } = group(MetricStat);
    return {
      ...renamed(context, query, { Id: 'id', Expression: 'expression', Label: 'label', ReturnData: 'return_data' }),
      ...(MetricStat !== undefined && {
        metric: {
          ...renamed(context, group(Metric), metricNames),
          dimensions: dimensionsOf(context, group(Metric)),
          stat: Stat as string,
          period: Period as number,
        },
      }),
    };
  });
  return one('aws_cloudwatch_metric_alarm', id, {
    ...renamed(context, Properties, {
      AlarmName: 'alarm_name',
      AlarmDescription: 'alarm_description',
      AlarmActions: 'alarm_actions',
      ...metricNames,
      Statistic: 'statistic',
      Period: 'period',
      ComparisonOperator: 'comparison_operator',
      Threshold: 'threshold',
      EvaluationPeriods: 'evaluation_periods',
      TreatMissingData: 'treat_missing_data',
    }),
    ...(queries.length > 0 ? { metric_query: queries } : { dimensions: dimensionsOf(context, Properties) }),
    ...tagsOf(resource),
  });
};

const ports = { IpProtocol: 'ip_protocol', FromPort: 'from_port', ToPort: 'to_port', Description: 'description' };

/** A group; its rules are resources of their own. */
export const securityGroup: TfRow = (context): TfParts => {
  const { id, resource, expressions } = context;
  const { Properties } = resource;
  const name = snake(id);
  const rules = list(Properties.SecurityGroupEgress).map((one_): [string, TfValue] => [
    `${name}_${snake(String(one_.FromPort as number))}`,
    {
      security_group_id: `\${${expressions.address(id)}.id}`,
      ...renamed(context, one_, {
        ...ports,
        CidrIp: 'cidr_ipv4',
        DestinationSecurityGroupId: 'referenced_security_group_id',
      }),
    },
  ]);
  return {
    resource: {
      aws_security_group: {
        [name]: {
          ...renamed(context, Properties, { GroupDescription: 'description', VpcId: 'vpc_id' }),
          ...tagsOf(resource),
        },
      },
      aws_vpc_security_group_egress_rule: Object.fromEntries(rules),
    },
  };
};

export const ingress: TfRow = (context) =>
  one(
    'aws_vpc_security_group_ingress_rule',
    context.id,
    renamed(context, context.resource.Properties, {
      GroupId: 'security_group_id',
      SourceSecurityGroupId: 'referenced_security_group_id',
      ...ports,
    }),
  );

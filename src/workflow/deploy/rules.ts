import { att, ref, type Properties, type Resource, type Value } from './model.js';

/** A rule of EventBridge tries again for so long, in seconds, and keeps what it could not deliver. */
const LONGEST_AGE = 86_400;
const MOST_RETRIES = 185;

export const target = (Id: string, Arn: Value, queueArn: Value, more: Properties = {}): Properties => ({
  Id,
  Arn,
  ...more,
  RetryPolicy: { MaximumEventAgeInSeconds: LONGEST_AGE, MaximumRetryAttempts: MOST_RETRIES },
  DeadLetterConfig: { Arn: queueArn },
});

/** A rule by a schedule or by a pattern. */
export const rule = (
  Name: Value,
  Description: string,
  when: { readonly ScheduleExpression: string } | { readonly EventPattern: Properties },
  Target: Properties,
): Resource => ({
  Type: 'AWS::Events::Rule',
  Properties: { Name, Description, State: 'ENABLED', ...when, Targets: [Target] },
});

/** Lets a rule call a function under its alias. */
export const mayCall = (alias: string, ruleId: string): Resource => ({
  Type: 'AWS::Lambda::Permission',
  Properties: {
    Action: 'lambda:InvokeFunction',
    FunctionName: ref(alias),
    Principal: 'events.amazonaws.com',
    SourceArn: att(ruleId, 'Arn'),
  },
});

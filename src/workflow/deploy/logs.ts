import { att, sub, type Value } from './model.js';
import type { LogName } from './options.js';
import { ownArn } from './rights.js';
import type { Stack } from './stack.js';

/** Numbers of days that CloudWatch Logs can keep a log. */
export const logRetentions: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1_096, 1_827, 2_192, 2_557, 2_922, 3_288, 3_653,
];

export interface LogGroup {
  readonly name: Value;
  /** With `:*`, which means its streams. */
  readonly arn: Value;
}

/** The log group of one part: the one that was brought, or one that is made. @param folder as in `/aws/lambda/` */
export function logGroup(stack: Stack, of: LogName, folder: string, name: string): LogGroup {
  const { logGroups = {}, kmsKey, logDays } = stack.options;
  const brought = logGroups[of];
  if (brought !== undefined) return { name: brought, arn: ownArn('logs', `log-group:${brought}:*`) };
  const id = `${of.charAt(0).toUpperCase()}${of.slice(1)}Log`;
  const days = stack.value(logDays, 'LogRetentionDays', {
    Type: 'Number',
    Description: 'Days for which logs are kept',
    Default: 30,
    AllowedValues: logRetentions,
  });
  stack.add({
    [id]: {
      Type: 'AWS::Logs::LogGroup',
      Properties: {
        LogGroupName: sub(`${folder}${stack.prefix}${name}`),
        RetentionInDays: days,
        ...(kmsKey !== undefined && { KmsKeyId: kmsKey }),
      },
    },
  });
  return { name: { Ref: id }, arn: att(id, 'Arn') };
}

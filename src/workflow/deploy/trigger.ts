import { MACHINE } from './machine.js';
import { ref, type Properties, type Value } from './model.js';
import { allow, roleOf } from './rights.js';
import { rule, target } from './rules.js';
import type { Trigger } from './options.js';
import type { Stack } from './stack.js';

const when = (trigger: Trigger): { readonly ScheduleExpression: string } | { readonly EventPattern: Properties } =>
  trigger.kind === 'schedule'
    ? { ScheduleExpression: trigger.expression }
    : {
        EventPattern: {
          source: ['aws.s3'],
          'detail-type': ['Object Created'],
          detail: {
            bucket: { name: [trigger.bucket] },
            ...(trigger.prefix !== '' && { object: { key: [{ prefix: trigger.prefix }] } }),
          },
        },
      };

/** What starts the machine. Its first states make an input of the event. */
export function addTrigger(stack: Stack, queueArn: Value): void {
  const { trigger } = stack.options;
  if (!trigger) return;
  const RoleArn = roleOf(stack, 'trigger', 'events', () => [
    allow('StartExecution', ['states:StartExecution'], ref(MACHINE)),
  ]);
  stack.add({
    Trigger: rule(
      stack.name('start'),
      trigger.kind === 's3'
        ? `An object under s3://${trigger.bucket}/${trigger.prefix} starts the machine`
        : 'The clock starts the machine',
      when(trigger),
      target('machine', ref(MACHINE), queueArn, { RoleArn }),
    ),
  });
}

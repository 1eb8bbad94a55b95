import { att, ref, type Value } from './model.js';
import type { Stack } from './stack.js';

/** Where events go that nobody could be told of, and calls that failed each time. @returns its ARN */
export function addQueue(stack: Stack): Value {
  const { kmsKey } = stack.options;
  stack.add({
    FailedQueue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: stack.name('failed'),
        MessageRetentionPeriod: 1_209_600,
        ...(kmsKey === undefined ? { SqsManagedSseEnabled: true } : { KmsMasterKeyId: kmsKey }),
      },
    },
    FailedQueuePolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [ref('FailedQueue')],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'RulesOfThisAccount',
              Effect: 'Allow',
              Principal: { Service: ['events.amazonaws.com'] },
              Action: ['sqs:SendMessage'],
              Resource: att('FailedQueue', 'Arn'),
              Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } },
            },
          ],
        },
      },
    },
  });
  return att('FailedQueue', 'Arn');
}

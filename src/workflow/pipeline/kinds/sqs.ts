import { defineKind, json, text } from './kind.js';

export const sqs = defineKind({
  what: 'Sends a message to an SQS queue',
  fields: { queue: text, message: json },
  with: 'SendMessage',
  permissions: ['sqs:SendMessage'],
  build: ({ queue, message }) => ({
    type: 'task',
    resource: 'arn:aws:states:::sqs:sendMessage',
    parameters: { QueueUrl: queue, MessageBody: message },
    result: { messageId: '$.MessageId' },
  }),
});

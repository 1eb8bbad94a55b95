import { defineKind, json, text } from './kind.js';

export const sns = defineKind({
  what: 'Publishes a message to an SNS topic',
  fields: { topic: text, message: json, subject: text.optional() },
  with: 'Publish',
  permissions: ['sns:Publish'],
  build: ({ topic, message, subject }) => ({
    type: 'task',
    resource: 'arn:aws:states:::sns:publish',
    parameters: { TopicArn: topic, Message: message, Subject: subject },
    result: { messageId: '$.MessageId' },
  }),
});

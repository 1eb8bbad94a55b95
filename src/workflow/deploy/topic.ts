import { ref, type Value } from './model.js';
import type { Stack } from './stack.js';

/** Where alarms are told. @returns the topic's ARN */
export function addTopic(stack: Stack): Value {
  const { topic, email, kmsKey, audit = 'log' } = stack.options;
  if (topic === undefined) {
    stack.add({
      AlarmTopic: {
        Type: 'AWS::SNS::Topic',
        Properties: {
          TopicName: stack.name('alarms'),
          ...(kmsKey !== undefined && { KmsMasterKeyId: kmsKey }),
        },
      },
      AlarmTopicPolicy: {
        Type: 'AWS::SNS::TopicPolicy',
        Properties: {
          Topics: [ref('AlarmTopic')],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Sid: 'AlarmsOfThisAccount',
                Effect: 'Allow',
                Principal: {
                  Service: ['cloudwatch.amazonaws.com', ...(audit === 'topic' ? ['events.amazonaws.com'] : [])],
                },
                Action: ['sns:Publish'],
                Resource: ref('AlarmTopic'),
                Condition: { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } },
              },
            ],
          },
        },
      },
    });
  }
  const arn: Value = topic ?? ref('AlarmTopic');
  if (email !== undefined)
    stack.add({
      AlarmEmail: { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: arn, Protocol: 'email', Endpoint: email } },
    });
  return arn;
}

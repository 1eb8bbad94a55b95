import { defineKind, json, text } from './kind.js';

export const lambda = defineKind({
  what: 'Calls a Lambda function and waits for its answer',
  fields: { function: text, payload: json.optional() },
  with: 'Invoke',
  permissions: ['lambda:InvokeFunction'],
  build: ({ function: name, payload }) => ({
    type: 'task',
    resource: 'arn:aws:states:::lambda:invoke',
    parameters: { FunctionName: name, ...(payload !== undefined && { Payload: payload }) },
    result: { payload: '$.Payload' },
    retry: [
      {
        ErrorEquals: [
          'Lambda.ServiceException',
          'Lambda.AWSLambdaException',
          'Lambda.SdkClientException',
          'Lambda.ClientExecutionTimeoutException',
          'Lambda.TooManyRequestsException',
        ],
        IntervalSeconds: 2,
        BackoffRate: 2,
        MaxDelaySeconds: 60,
        MaxAttempts: 6,
        JitterStrategy: 'FULL',
      },
    ],
  }),
});

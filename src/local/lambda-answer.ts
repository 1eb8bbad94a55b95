import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AwsCall } from './aws-call.js';
import type { LambdaHost } from './lambda-host.js';

/** Lambda's answer to a call of a function: what it returned or threw; of an asynchronous call that it was taken. */
export async function sendInvoked(
  lambda: LambdaHost,
  { resource }: AwsCall,
  { headers }: IncomingMessage,
  response: ServerResponse,
  body: Buffer | undefined,
): Promise<void> {
  const invoking = lambda.invoke(resource, body?.toString('utf8') ?? '');
  if (headers['x-amz-invocation-type'] === 'Event') {
    invoking.catch(() => undefined); // nobody waits for it; Lambda would try twice more
    response.writeHead(202, { 'x-amzn-requestid': randomUUID() }).end();
    return;
  }
  const { payload, isError } = await invoking;
  response.writeHead(200, {
    'content-type': 'application/json',
    'x-amzn-requestid': randomUUID(),
    'x-amz-executed-version': '$LATEST',
    ...(isError && { 'x-amz-function-error': 'Unhandled' }),
  });
  response.end(payload);
}

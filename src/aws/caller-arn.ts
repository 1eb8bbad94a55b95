import type { CallOptions } from '../core/index.js';
import type { AwsClients } from './clients.js';
import { explainAwsError } from './explain-error.js';

/** Who AWS says we are. Needs no permission. @throws ConfigError, UnreachableError, HttpStatusError */
export async function callerArn(
  clients: Pick<AwsClients, 'sts'>,
  { signal, timeoutMs }: CallOptions = {},
): Promise<string | undefined> {
  const { GetCallerIdentityCommand } = await import('./sdk/sts-client.js');
  try {
    const client = await clients.sts();
    const how = {
      ...(signal && { abortSignal: signal }),
      ...(timeoutMs !== undefined && { requestTimeout: timeoutMs }),
    };
    return (await client.send(new GetCallerIdentityCommand({}), how)).Arn;
  } catch (error) {
    signal?.throwIfAborted();
    throw explainAwsError(error, {
      service: 'STS',
      doing: 'who we are cannot be asked',
      action: 'sts:GetCallerIdentity',
    });
  }
}

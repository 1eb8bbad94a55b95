import type { CallOptions } from '../../core/index.js';
import type { AwsClients } from '../clients.js';
import { EmrApi } from './emr-api.js';

/** Where EMR copies a cluster's logs to, also when it has ended: `s3://bucket/logs/j-3KVTXXXXXX7UG`. @throws ConfigError, UnreachableError */
export async function logFolderOf(
  id: string,
  { clients, signal }: { readonly clients: AwsClients } & Pick<CallOptions, 'signal'>,
): Promise<string | undefined> {
  const { logUri } = await new EmrApi({ clients }).describe(id, { signal });
  return logUri === undefined ? undefined : `${logUri.replace(/\/+$/, '')}/${id}`;
}

import { ConfigError, plainLine, systemClock } from '../../core/index.js';
import type { AwsClients } from '../clients.js';
import { EmrApi } from './emr-api.js';
import { inWords } from './describe-age.js';
import { findCluster } from './find-cluster.js';
import { parseSelector } from './selector.js';

/**
 * A running primary of a cluster, as EC2 and Session Manager call it: `i-0abc…`.
 * @throws ConfigError where there is no such cluster, or no primary of it runs
 */
export async function primaryInstance(
  word: string,
  { clients, field }: { readonly clients: AwsClients; readonly field: string },
): Promise<string> {
  const api = new EmrApi({ clients, profile: undefined });
  const cluster = await findCluster(parseSelector(word, field), { api, clock: systemClock, field });
  const found = (await api.nodes(cluster, 'MASTER')).find(({ instanceId }) => instanceId !== '');
  if (found) return found.instanceId;
  throw new ConfigError(plainLine(`${field}: ${inWords(cluster, systemClock)} has no running primary to go by`), {
    field,
  });
}

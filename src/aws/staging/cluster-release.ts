import { systemClock } from '../../core/index.js';
import type { AwsClients } from '../clients.js';
import { EmrApi } from '../emr/emr-api.js';
import { findCluster } from '../emr/find-cluster.js';
import { parseSelector } from '../emr/selector.js';

/** The release label of a cluster of EMR, in whatever state it is: wheels may be got while it starts. @throws ConfigError */
export async function releaseOfCluster(
  word: string,
  { clients, field, signal }: { readonly clients: AwsClients; readonly field: string; readonly signal?: AbortSignal },
): Promise<string> {
  const api = new EmrApi({ clients, profile: undefined });
  return (await findCluster(parseSelector(word, field), { api, clock: systemClock, field, signal })).release;
}

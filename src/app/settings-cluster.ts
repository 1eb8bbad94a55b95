import { join } from 'node:path';
import { ConfigError } from '../core/index.js';
import { type FoundSettings, nonEmpty, type SettingsInput, textOf, wrongSetting } from './settings-find.js';

/** The EMR cluster that takes the place of Livy's address. */
export interface ClusterSettings {
  /** As it was written: `nightly`, `j-3KVTXXXXXX7UG`, `tag:team=data`, `auto`. */
  readonly selector: string;
  /** Where it was written: `--cluster`. */
  readonly from: string;
  readonly addresses: 'private' | 'public';
  /** ARN of a runtime role. */
  readonly executionRole?: string;
  /** Where found clusters are kept for a few minutes, and what else decides which one a word means. Absent: nowhere. */
  readonly cache?: { readonly dir: string; readonly who: readonly (string | undefined)[] };
}

/** What decides which account and endpoint the SDK asks, and so which cluster a name means. */
const WHO = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_EMR',
];

/** An address and a cluster name the same thing twice: the nearer one counts. @throws ConfigError where both are as near */
export function addressOrCluster(found: FoundSettings): void {
  const { url, cluster } = found;
  if (!url || !cluster) return;
  if (url.rank === cluster.rank)
    throw wrongSetting(cluster, `names a cluster while ${url.from} names an address; one of them is enough`);
  delete found[url.rank < cluster.rank ? 'cluster' : 'url'];
}

/** @throws ConfigError */
export function readCluster(found: FoundSettings, { env }: SettingsInput, home: string): ClusterSettings | undefined {
  const { cluster, addresses, executionRole } = found;
  if (!cluster) {
    if (executionRole?.rank === 0)
      throw wrongSetting(executionRole, 'a runtime role is one of an EMR cluster, which --cluster names');
    return undefined;
  }
  const kind = addresses === undefined ? 'private' : textOf(addresses);
  if (kind !== 'private' && kind !== 'public')
    throw new ConfigError(`${addresses?.from ?? '--addresses'}: write private or public`, { field: '--addresses' });
  const role = executionRole && textOf(executionRole);
  if (executionRole && !/^arn:[\w-]+:iam::\d{12}:role\/\S+$/.test(role ?? ''))
    throw wrongSetting(executionRole, 'should be the ARN of a role, as in arn:aws:iam::123456789012:role/etl');
  return {
    selector: textOf(cluster),
    from: cluster.from,
    addresses: kind,
    ...(role !== undefined && { executionRole: role }),
    cache: {
      dir: join(nonEmpty(env.XDG_CACHE_HOME) ?? join(home, '.cache'), 'livywire'),
      who: WHO.map((name) => env[name]),
    },
  };
}

import { join } from 'node:path';
import { type BackendKind, ConfigError, isS3Url } from '../core/index.js';
import { type FoundSettings, nonEmpty, type SettingsInput, textOf, wrongSetting } from './settings-find.js';

/** The EMR cluster that takes the place of Livy's address. */
export interface ClusterSettings {
  /** Jobs are its steps, not batches of its Livy. @defaultValue `livy` */
  readonly backend?: 'livy' | 'emr-step';
  /** Where its steps' logs go in S3. */
  readonly logUri?: string;
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
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
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
  const backend = backendOf(found);
  if (!cluster) {
    if (backend === 'emr-step')
      throw wrongSetting(found.backend, 'steps are those of an EMR cluster, which --cluster names');
    if (executionRole?.rank === 0 && backend === 'livy')
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
    ...(backend === 'emr-step' && { backend }),
    ...(found.logUri && { logUri: textOf(found.logUri) }),
    addresses: kind,
    ...(role !== undefined && { executionRole: role }),
    cache: {
      dir: join(nonEmpty(env.XDG_CACHE_HOME) ?? join(home, '.cache'), 'livywire'),
      who: WHO.map((name) => env[name]),
    },
  };
}

const BACKENDS: readonly BackendKind[] = ['livy', 'emr-step', 'emr-serverless'];

/** @throws ConfigError */
function backendOf({ backend, application, logUri }: FoundSettings): BackendKind {
  if (logUri && !isS3Url(textOf(logUri)))
    throw wrongSetting(logUri, 'should be a place in S3, as in s3://bucket/logs/');
  if (backend === undefined) return application === undefined ? 'livy' : 'emr-serverless';
  const kind = BACKENDS.find((one) => one === textOf(backend));
  if (kind === undefined) throw wrongSetting(backend, `write one of ${BACKENDS.join(', ')}`);
  if (application?.rank === 0 && kind !== 'emr-serverless')
    throw wrongSetting(application, `an application is one of EMR Serverless, and ${backend.from} says ${kind}`);
  return kind;
}

/** The application of EMR Serverless that takes the jobs. */
export interface ServerlessSettings {
  readonly applicationId: string;
  /** ARN of the role that jobs run as. Needed to start one. */
  readonly executionRole?: string;
  /** Where its logs go in S3. */
  readonly logUri?: string;
}

/** @throws ConfigError */
export function readServerless(found: FoundSettings): ServerlessSettings | undefined {
  if (backendOf(found) !== 'emr-serverless') return undefined;
  const { application, executionRole, logUri } = found;
  if (!application)
    throw wrongSetting(found.backend, 'EMR Serverless runs jobs in an application; give its id by --application');
  const applicationId = textOf(application);
  if (!/^[0-9a-z]{1,64}$/.test(applicationId))
    throw wrongSetting(application, 'should be the id of an application, as in 00f1a2b3c4d5e6f7');
  return {
    applicationId,
    ...(executionRole && { executionRole: textOf(executionRole) }),
    ...(logUri && { logUri: textOf(logUri) }),
  };
}

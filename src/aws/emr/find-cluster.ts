import type { ClusterState } from '@aws-sdk/client-emr';
import { type Clock, ConfigError, plainLine } from '../../core/index.js';
import { type ClusterLine, type EmrCluster, isLeaving } from './cluster.js';
import { ageWords, inWords } from './describe-age.js';
import type { EmrApi, EmrCallOptions } from './emr-api.js';
import type { ClusterSelector } from './selector.js';

const ACTIVE: readonly ClusterState[] = ['STARTING', 'BOOTSTRAPPING', 'RUNNING', 'WAITING', 'TERMINATING'];
const OVER: readonly ClusterState[] = ['TERMINATED', 'TERMINATED_WITH_ERRORS'];
/** Tags and applications are asked cluster by cluster, and EMR lets one question through each second. */
const MOST_DESCRIBED = 40;
const MOST_SHOWN = 6;

export interface FindOptions extends EmrCallOptions {
  readonly api: EmrApi;
  readonly clock: Clock;
  /** The setting that named it, for messages. */
  readonly field: string;
}

/**
 * The one cluster that is meant, in whatever state it is: one that was named by its id may have ended.
 * @throws ConfigError that says what there is instead, where there is none or several
 */
export async function findCluster(selector: ClusterSelector, options: FindOptions): Promise<EmrCluster> {
  const { api, signal } = options;
  if (selector.by === 'id') return api.describe(selector.id, { signal });
  const listed = await api.list(ACTIVE, { signal });
  const found = await matching(selector, listed, options);
  const live = found.filter((one) => !isLeaving(one));
  const [only, ...others] = live;
  if (only && others.length === 0) return 'release' in only ? only : api.describe(only.id, { signal });
  throw await explained(selector, { listed, live, leaving: found.filter(isLeaving) }, options);
}

type Found = ClusterLine | EmrCluster;

async function matching(
  selector: Exclude<ClusterSelector, { by: 'id' }>,
  listed: readonly ClusterLine[],
  { api, field, signal }: FindOptions,
): Promise<readonly Found[]> {
  if (selector.by === 'name') return listed.filter(({ name }) => name === selector.name);
  if (listed.length > MOST_DESCRIBED) {
    const text = `${field}: ${listed.length} clusters are active, too many to look at each; name it, or give its id`;
    throw new ConfigError(text, { field });
  }
  const found: EmrCluster[] = [];
  for (const { id } of listed) {
    const cluster = await api.describe(id, { signal });
    if (isMeant(selector, cluster)) found.push(cluster);
  }
  return found;
}

/** Whether what is selected fits this one; others may fit as well. */
export function isMeant(selector: ClusterSelector, cluster: EmrCluster): boolean {
  switch (selector.by) {
    case 'id':
      return cluster.id === selector.id;
    case 'name':
      return cluster.name === selector.name;
    case 'tag':
      return hasTag(cluster, selector);
    case 'auto':
      return hasLivy(cluster);
  }
}

/** Whether Livy is installed. */
export const hasLivy = ({ applications }: EmrCluster): boolean =>
  Object.keys(applications).some((name) => name.toLowerCase() === 'livy');

const hasTag = ({ tags }: EmrCluster, { key, value }: Extract<ClusterSelector, { by: 'tag' }>): boolean =>
  Object.hasOwn(tags, key) && (value === undefined || tags[key] === value);

async function explained(
  selector: Exclude<ClusterSelector, { by: 'id' }>,
  seen: { readonly listed: readonly Found[]; readonly live: readonly Found[]; readonly leaving: readonly Found[] },
  { api, clock, field, signal }: FindOptions,
): Promise<ConfigError> {
  const { listed, live, leaving } = seen;
  const words = (some: readonly Found[]): string =>
    plainLine(
      some
        .slice(0, MOST_SHOWN)
        .map((one) => inWords(one, clock))
        .join(', ') + (some.length > MOST_SHOWN ? ` and ${some.length - MOST_SHOWN} more` : ''),
    );
  const what = plainLine(whatOf(selector));
  const error = (text: string): ConfigError => new ConfigError(`${field}: ${text}`, { field });
  if (live.length > 0)
    return error(`${live.length} active clusters are ${what}: ${words(live)}; name the one you mean by its id`);
  if (leaving.length > 0)
    return error(`${words(leaving)} is terminating and takes no more jobs; start another, or name another`);
  const region = await api.region();
  const others = listed.filter((one) => !isLeaving(one));
  const there = others.length === 0 ? `no cluster is active in ${region}` : `active in ${region}: ${words(others)}`;
  const last =
    selector.by === 'name' ? (await api.list(OVER, { signal })).find(({ name }) => name === selector.name) : undefined;
  if (!last) return error(`no active cluster is ${what}; ${there}; is it another --region or account?`);
  const ago = last.endedAt === undefined ? '' : ` ${ageWords(clock.now() - Date.parse(last.endedAt))} ago`;
  const why = last.reason === undefined ? '' : ` (${last.reason})`;
  return error(plainLine(`no active cluster is ${what}; the last one, ${last.id}, ended${ago}${why}; ${there}`));
}

function whatOf(selector: Exclude<ClusterSelector, { by: 'id' }>): string {
  switch (selector.by) {
    case 'name':
      return `called ${selector.name}`;
    case 'tag':
      return `tagged ${selector.key}${selector.value === undefined ? '' : `=${selector.value}`}`;
    case 'auto':
      return 'equipped with Livy';
  }
}

import {
  type Clock,
  clusterEndpoint,
  ConfigError,
  isLivywireError,
  type OutcomeSource,
  plainLine,
  systemClock,
  UnreachableError,
} from '../../core/index.js';
import { type Auth, createNetwork, type NetworkOptions } from '../../http/index.js';
import { type AwsClients, awsClients } from '../clients.js';
import type { AwsSettings } from '../settings.js';
import { type AddressKind, portsOf } from './addresses.js';
import { awaitStart, endedWords } from './await-cluster.js';
import { type EmrCluster, hasEnded, isLeaving, isStarting } from './cluster.js';
import { ClusterCache, type FoundCluster } from './cluster-cache.js';
import { inWords } from './describe-age.js';
import { EmrApi } from './emr-api.js';
import { findCluster, hasLivy, isMeant } from './find-cluster.js';
import { probeLivys, probeYarn, type ProbedLivy } from './probe.js';
import { parseSelector } from './selector.js';
import { runtimeRoleAuth } from './session-credentials.js';
import { ClusterEnd } from './terminated.js';
import { unreachableWords } from './unreachable-words.js';

const START_WITHIN_MS = 1_800_000;
/** As `connectToSteps` gives it. */
const YARN_WITHIN_MS = 3_000;
/** A Livy comes up a little after its cluster says that it is ready. */
const LIVY_WITHIN_MS = 180_000;
const LIVY_PAUSE_MS = 5_000;

export interface ConnectToClusterOptions extends AwsSettings {
  /** Which of the primaries' addresses are used. @defaultValue `private` */
  readonly addresses?: AddressKind;
  /** The ARN of a runtime role: Livy is then used in its name. @defaultValue Livy is asked without credentials */
  readonly executionRole?: string;
  /** How the cluster is reached: proxy, host map, TLS. Not AWS itself. @defaultValue directly */
  readonly network?: NetworkOptions;
  /** What becomes of a cluster that is still starting: waited for, or a ConfigError. @defaultValue `wait` */
  readonly starting?: 'wait' | 'refuse';
  /** Longest wait for a cluster that is starting, in milliseconds. @defaultValue `1_800_000` */
  readonly timeoutMs?: number;
  /**
   * What becomes of a cluster whose Livy does not answer: an UnreachableError, or it is told, and the connection is made
   * all the same, for YARN may know of its runs. @defaultValue `throw`
   */
  readonly unanswered?: 'throw' | ((why: string) => void);
  /**
   * Told what it costs, where a Livy answers and YARN does not, which is asked for that. The connection has it all the same: it may
   * answer later. @defaultValue it is not asked
   */
  readonly onBlind?: (text: string) => void;
  /** Told what is waited for, one line each. @defaultValue silence */
  readonly onProgress?: (text: string) => void;
  /**
   * A folder in which what was found is kept for three minutes, so that a loop of short programs asks EMR once.
   * `who`: what else decides which cluster a word means, such as the access key in use. @defaultValue nothing is kept
   */
  readonly cache?: { readonly dir: string; readonly who: readonly (string | undefined)[] };
  /** Clients that are there already. @defaultValue new ones, from the settings here */
  readonly clients?: Pick<AwsClients, 'emr'>;
  /** The setting that named the cluster, for messages. @defaultValue `cluster` */
  readonly field?: string;
  /** Ends the waiting. The promise rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

/** What `createLivywire` needs for a cluster: hand it on as it is, with a ledger. */
export interface ClusterConnection {
  /** The Livy of each primary, those that answer first. Empty where the cluster has ended. */
  readonly url: readonly string[];
  /** What runs are kept under: `emr://<region>/<cluster id>`. */
  readonly endpoint: string;
  /** Why nothing can be started there any more. */
  readonly closed?: string;
  readonly yarn?: { readonly url: readonly string[]; readonly logServerUrl: string };
  readonly historyUrl?: string;
  readonly auth?: Auth;
  /** EMR's word on the end of the cluster, for runs that nobody else can tell of. */
  readonly sources: readonly OutcomeSource[];
  /** Where EMR copies logs to, where the cluster has such a place. */
  readonly logFolders?: readonly string[];
  readonly cluster: EmrCluster;
}

/**
 * Finds a cluster (`j-3KVT…`, a name, `tag:team=data`, `auto` for the only active one with Livy) and what runs on it: Livy, YARN,
 * Spark's History Server. Waits for one that is starting. Starts nothing, changes nothing.
 *
 * IAM: `elasticmapreduce:ListClusters`, `DescribeCluster`, `ListInstances`; with `executionRole` also
 * `GetClusterSessionCredentials`.
 * @throws ConfigError where there is no such cluster, several, one without Livy, or what AWS refuses; UnreachableError
 * @example
 * const cluster = await connectToCluster('nightly', { region: 'eu-west-1' });
 * const lw = createLivywire({ ...cluster, ledger: s3Ledger('s3://team-bucket/livywire') });
 */
export async function connectToCluster(
  cluster: string,
  options: ConnectToClusterOptions = {},
): Promise<ClusterConnection> {
  return new Connecting(cluster, options).run();
}

class Connecting {
  readonly #word: string;
  readonly #options: ConnectToClusterOptions;
  readonly #api: EmrApi;
  readonly #clock: Clock;
  readonly #field: string;
  readonly #say: (text: string) => void;
  readonly #kind: AddressKind;
  readonly #cache: ClusterCache | undefined;

  constructor(word: string, options: ConnectToClusterOptions) {
    const { clock = systemClock, field = 'cluster', onProgress = () => undefined, cache } = options;
    this.#word = word;
    this.#options = options;
    this.#clock = clock;
    this.#field = field;
    this.#say = onProgress;
    this.#kind = options.addresses ?? 'private';
    this.#api = new EmrApi({ clients: options.clients ?? awsClients(options), profile: options.profile });
    const { region, profile, endpointUrl } = options;
    const who = [...(cache?.who ?? []), region, profile, endpointUrl, word];
    this.#cache = cache && new ClusterCache(cache.dir, who, clock);
  }

  async run(): Promise<ClusterConnection> {
    parseSelector(this.#word, this.#field);
    const kept = await this.#cache?.read();
    if (kept && (await this.#isStillMeant(kept.cluster))) {
      const probed = await this.#probe(kept);
      // Another cluster may go by that name now, or its primary is gone: asked anew.
      if (probed.some(({ error }) => error === undefined)) return this.#withSight(kept, probed);
    }
    if (kept) await this.#cache?.drop();
    return this.#asked();
  }

  /** Before a job is sent there: it may be on its way out, renamed, or of another account than the one that is asked now. */
  async #isStillMeant({ id }: EmrCluster): Promise<boolean> {
    const { starting = 'wait', signal } = this.#options;
    if (starting === 'refuse') return true;
    try {
      const now = await this.#api.describe(id, { signal });
      return !isLeaving(now) && !hasEnded(now) && isMeant(parseSelector(this.#word, this.#field), now);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isLivywireError(error)) throw error;
      return false; // EMR is asked anew, and says why
    }
  }

  async #asked(): Promise<ClusterConnection> {
    const { signal, unanswered = 'throw' } = this.#options;
    const selector = parseSelector(this.#word, this.#field);
    const asked = { api: this.#api, clock: this.#clock, field: this.#field, signal };
    const found = await findCluster(selector, asked);
    if (hasEnded(found)) return this.#connection({ cluster: found, primaries: [] }, []);
    const cluster = isStarting(found) ? await this.#started(found) : found;
    if (!hasLivy(cluster)) throw this.#wrong(withoutLivy(cluster, this.#clock));
    const primaries = await this.#api.nodes(cluster, 'MASTER', { signal });
    if (primaries.length === 0 && isLeaving(cluster)) return this.#connection({ cluster, primaries }, []);
    if (primaries.length === 0)
      throw this.#wrong(`${inWords(cluster, this.#clock)} has no running primary node just now; try again in a minute`);
    const isFresh = found !== cluster;
    const probed = await this.#answering({ cluster, primaries }, isFresh);
    if (probed.every(({ error }) => error !== undefined) && !isLeaving(cluster)) {
      const text = unreachableWords(cluster, probed, this.#kind);
      if (unanswered === 'throw') throw new UnreachableError(text, 'no', { cause: probed[0]?.error });
      unanswered(text);
    } else if (!isLeaving(cluster)) await this.#cache?.write({ cluster, primaries });
    return this.#withSight({ cluster, primaries }, probed);
  }

  async #started(cluster: EmrCluster): Promise<EmrCluster> {
    const { starting = 'wait', timeoutMs = START_WITHIN_MS, signal } = this.#options;
    if (starting === 'refuse')
      throw this.#wrong(`${inWords(cluster, this.#clock)} is still starting; nothing runs there yet`);
    return awaitStart(cluster, {
      api: this.#api,
      clock: this.#clock,
      withinMs: Math.min(timeoutMs, START_WITHIN_MS),
      onProgress: this.#say,
      signal,
    });
  }

  async #answering(found: FoundCluster, isFresh: boolean): Promise<readonly ProbedLivy[]> {
    const { signal, timeoutMs = Infinity } = this.#options;
    const until = this.#clock.now() + Math.min(LIVY_WITHIN_MS, timeoutMs);
    for (let isFirst = true; ; isFirst = false) {
      const probed = await this.#probe(found);
      const isThere = probed.some(({ error }) => error === undefined);
      if (isThere || !isFresh || this.#clock.now() >= until) return probed;
      if (isFirst) this.#say(plainLine(`waiting for Livy on ${inWords(found.cluster, this.#clock)}`));
      await this.#clock.sleep(LIVY_PAUSE_MS, signal);
    }
  }

  /** Where a security group opens Livy's port alone, everything works but what needs YARN: better known before than found out. */
  async #withSight(found: FoundCluster, probed: readonly ProbedLivy[]): Promise<ClusterConnection> {
    const connection = this.#connection(found, probed);
    const { onBlind, network: way, signal } = this.#options;
    const isThere = probed.some(({ error }) => error === undefined);
    if (!onBlind || !isThere || !connection.yarn) return connection;
    const network = createNetwork(way ?? {});
    try {
      const how = { network, signal, timeoutMs: YARN_WITHIN_MS };
      const yarns = await Promise.all(connection.yarn.url.map((url) => probeYarn(url, how)));
      if (yarns.every(({ error }) => error !== undefined)) {
        const at = connection.yarn.url.join(', ');
        onBlind(
          plainLine(
            `YARN does not answer from here (${at}): a lost answer may stay open, and after each failure it is waited for up to 15 minutes; open that port (livywire doctor says where), or give --yarn-url none to go by Livy's word alone`,
          ),
        );
      }
    } finally {
      network.close();
    }
    return connection;
  }

  async #probe({ cluster, primaries }: FoundCluster): Promise<readonly ProbedLivy[]> {
    const network = createNetwork(this.#options.network ?? {});
    try {
      return await probeLivys(cluster, primaries, this.#kind, { network, signal: this.#options.signal });
    } finally {
      network.close();
    }
  }

  #connection({ cluster }: FoundCluster, probed: readonly ProbedLivy[]): ClusterConnection {
    const { executionRole: role, region, profile, endpointUrl, proxyEnv } = this.#options;
    if (role !== undefined && probed.length > 1)
      throw this.#wrong(
        `${inWords(cluster, this.#clock)} has several primaries, and EMR has no runtime roles there; leave --execution-role out`,
      );
    const ports = portsOf(cluster);
    const hosts = probed.map(({ url }) => new URL(url).hostname);
    const [first] = hosts;
    const given = { profile, endpointUrl, proxyEnv };
    const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const apiOf = (where: string): EmrApi =>
      where === cluster.region || where === region
        ? this.#api
        : new EmrApi({ clients: awsClients({ ...known, region: where }), profile });
    return {
      url: probed.map(({ url }) => url),
      endpoint: clusterEndpoint(cluster),
      ...((hasEnded(cluster) || isLeaving(cluster)) && { closed: endedWords(cluster, this.#clock) }),
      ...(first !== undefined && {
        yarn: {
          url: hosts.map((host) => `http://${host}:${ports.resourceManager}`),
          logServerUrl: `http://${first}:${ports.jobHistory}`,
        },
        historyUrl: `http://${first}:${ports.sparkHistory}`,
      }),
      ...(role !== undefined && {
        auth: runtimeRoleAuth(this.#api, { clusterId: cluster.id, role, clock: this.#clock }),
      }),
      sources: [new ClusterEnd({ apiOf, clock: this.#clock })],
      ...(cluster.logUri !== undefined && { logFolders: [`${cluster.logUri.replace(/\/+$/, '')}/${cluster.id}`] }),
      cluster,
    };
  }

  #wrong(text: string): ConfigError {
    return new ConfigError(plainLine(`${this.#field}: ${text}`), { field: this.#field });
  }
}

function withoutLivy(cluster: EmrCluster, clock: Clock): string {
  const has = Object.keys(cluster.applications).join(', ') || 'nothing';
  return `${inWords(cluster, clock)} has no Livy (it has ${has}); Livy is chosen when a cluster is created: create one with it, or run the job as a step (--backend emr-step)`;
}

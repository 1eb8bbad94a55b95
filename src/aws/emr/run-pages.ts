import type * as Sdk from '@aws-sdk/client-emr';
import { type Clock, isLivywireError, systemClock } from '../../core/index.js';
import { awsClients } from '../clients.js';
import { explainAwsError } from '../explain-error.js';
import { hostOf, portsOf } from './addresses.js';
import { type EmrCluster, hasEnded, isStarting } from './cluster.js';
import { EmrApi, type EmrNode } from './emr-api.js';
import { findCluster } from './find-cluster.js';
import type { LookOptions } from './overview.js';
import { parseSelector } from './selector.js';

/** The first one of a cluster has to be started; nobody waits for a page much longer. */
const READY_WITHIN_MS = 90_000;
const PAUSE_MS = 3_000;

export interface PagesOptions extends LookOptions {
  /** Which application. @defaultValue the lists of all */
  readonly appId?: string | undefined;
}

/** One page about a run. */
export interface RunPage {
  /** `Spark history`, `YARN`, … */
  readonly what: string;
  readonly url?: string;
  /** Why there is none. */
  readonly problem?: string;
  /** Whoever has the link may open the page: it is given to who asks, and kept nowhere. */
  readonly isSecret: boolean;
}

/**
 * Where a run on a cluster can be looked at in a browser: on the cluster from inside its network, on the cluster by AWS, and in EMR's
 * own Spark history, which outlives the cluster and is started where there is none yet.
 * IAM: as `connectToCluster`, and `elasticmapreduce:GetOnClusterAppUIPresignedURL`, `CreatePersistentAppUI`,
 * `GetPersistentAppUIPresignedURL`; one that is missing costs its page.
 * @throws ConfigError where there is no such cluster, UnreachableError
 */
export async function pagesOfRun(word: string, options: PagesOptions = {}): Promise<readonly RunPage[]> {
  const { clock = systemClock, field = 'cluster', signal } = options;
  const clients = options.clients ?? awsClients(options);
  const api = new EmrApi({ clients, profile: options.profile });
  const cluster = await findCluster(parseSelector(word, field), { api, clock, field, signal });
  const sdk = await import('@aws-sdk/client-emr');
  const links = new Links(sdk, await clients.emr(), cluster, { ...options, clock });
  const isThere = !hasEnded(cluster) && !isStarting(cluster);
  const nodes = isThere ? await api.nodes(cluster, 'MASTER', { signal }) : [];
  const asked = await Promise.all([
    ...(isThere
      ? [
          linkTo('Spark history, by AWS', links.onCluster('SparkHistoryServer')),
          linkTo('YARN, by AWS', links.onCluster('ResourceManager')),
        ]
      : []),
    linkTo("EMR's Spark history", links.persistent()),
  ]);
  signal?.throwIfAborted();
  return [...addresses(nodes, cluster, options), ...asked];
}

/** Only those inside the cluster's network can open these. */
function addresses([node]: readonly EmrNode[], cluster: EmrCluster, options: PagesOptions): RunPage[] {
  if (!node) return [];
  const { appId, addresses: kind = 'private' } = options;
  const { sparkHistory, resourceManager } = portsOf(cluster);
  const host = hostOf(node, kind, 'http');
  const [history, app] = appId === undefined ? ['', ''] : [`history/${appId}/`, `cluster/app/${appId}`];
  return [
    { what: 'Spark history', url: `http://${host}:${sparkHistory}/${history}`, isSecret: false },
    { what: 'YARN', url: `http://${host}:${resourceManager}/${app}`, isSecret: false },
  ];
}

async function linkTo(what: string, asking: Promise<string | undefined>): Promise<RunPage> {
  try {
    const url = await asking;
    return {
      what,
      isSecret: true,
      ...(url === undefined ? { problem: 'not ready yet; ask again in a minute' } : { url }),
    };
  } catch (error) {
    if (!isLivywireError(error)) throw error;
    return { what, problem: error.message, isSecret: true };
  }
}

/** Links that AWS signs. `undefined`: there is none just now. */
class Links {
  readonly #sdk: typeof Sdk;
  readonly #emr: Sdk.EMRClient;
  readonly #cluster: EmrCluster;
  readonly #options: PagesOptions & { readonly clock: Clock };
  readonly #app: { readonly ApplicationId?: string };

  constructor(
    sdk: typeof Sdk,
    emr: Sdk.EMRClient,
    cluster: EmrCluster,
    options: PagesOptions & { readonly clock: Clock },
  ) {
    this.#sdk = sdk;
    this.#emr = emr;
    this.#cluster = cluster;
    this.#options = options;
    this.#app = options.appId === undefined ? {} : { ApplicationId: options.appId };
  }

  async onCluster(type: Sdk.OnClusterAppUIType): Promise<string | undefined> {
    const input = { ClusterId: this.#cluster.id, OnClusterAppUIType: type, ...this.#app };
    const answer = await this.#ask('GetOnClusterAppUIPresignedURL', (how) =>
      this.#emr.send(new this.#sdk.GetOnClusterAppUIPresignedURLCommand(input), how),
    );
    return answer.PresignedURLReady === true ? answer.PresignedURL : undefined;
  }

  async persistent(): Promise<string | undefined> {
    const { clock, signal } = this.#options;
    const { PersistentAppUIId } = await this.#ask('CreatePersistentAppUI', (how) =>
      this.#emr.send(new this.#sdk.CreatePersistentAppUICommand({ TargetResourceArn: this.#cluster.arn }), how),
    );
    const input = { PersistentAppUIId, PersistentAppUIType: 'SHS' as const, ...this.#app };
    for (const until = clock.now() + READY_WITHIN_MS; ;) {
      const answer = await this.#ask('GetPersistentAppUIPresignedURL', (how) =>
        this.#emr.send(new this.#sdk.GetPersistentAppUIPresignedURLCommand(input), how),
      );
      if (answer.PresignedURLReady === true) return answer.PresignedURL;
      if (clock.now() >= until) return undefined;
      await clock.sleep(PAUSE_MS, signal);
    }
  }

  async #ask<T>(call: string, send: (how: { readonly abortSignal?: AbortSignal }) => Promise<T>): Promise<T> {
    const { signal, profile } = this.#options;
    try {
      return await send(signal ? { abortSignal: signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      const doing = `no link to a page of ${this.#cluster.id}`;
      throw explainAwsError(error, { service: 'EMR', doing, action: `elasticmapreduce:${call}`, profile });
    }
  }
}

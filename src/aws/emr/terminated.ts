import {
  type CallOptions,
  type Clock,
  clusterOfEndpoint,
  orAborted,
  type OutcomeSource,
  plainLine,
  type RunRef,
  type RunStatus,
} from '../../core/index.js';
import { type EmrCluster, hasEnded, isLeaving } from './cluster.js';
import type { EmrApi } from './emr-api.js';

/** For so long one answer serves every run of a cluster: EMR lets one question through each second. */
const KEPT_MS = 15_000;

/**
 * The end of a cluster as the end of its runs: nothing runs on one that EMR reports terminated. Asked last, so whoever knows that a
 * run had succeeded before says so first. A cluster that is only terminating ends nothing: its applications may still end well.
 */
export class ClusterEnd implements OutcomeSource {
  readonly source = 'emr';
  readonly #apiOf: (region: string) => Pick<EmrApi, 'describe'>;
  readonly #clock: Clock;
  readonly #asked = new Map<string, { readonly at: number; readonly answer: Promise<EmrCluster> }>();

  constructor({
    apiOf,
    clock,
  }: {
    readonly apiOf: (region: string) => Pick<EmrApi, 'describe'>;
    readonly clock: Clock;
  }) {
    this.#apiOf = apiOf;
    this.#clock = clock;
  }

  /** It tells of every cluster, whichever is connected to. */
  settles(endpoint: string): boolean {
    return clusterOfEndpoint(endpoint) !== undefined;
  }

  async status({ endpoint }: RunRef, { signal }: CallOptions = {}): Promise<RunStatus | undefined> {
    const where = clusterOfEndpoint(endpoint);
    if (!where) return undefined;
    const cluster = await this.#describe(where, endpoint, signal);
    if (!hasEnded(cluster)) return undefined;
    return { raw: cluster.state, state: 'failed', source: 'emr', links: {}, message: wordsOf(cluster) };
  }

  /** The same sentence of a cluster that has ended or is about to; nothing of one that goes on. */
  async about(endpoint: string, { signal }: CallOptions = {}): Promise<string | undefined> {
    const where = clusterOfEndpoint(endpoint);
    const cluster = where && (await this.#describe(where, endpoint, signal));
    return cluster && (hasEnded(cluster) || isLeaving(cluster)) ? wordsOf(cluster) : undefined;
  }

  #describe(
    { region, id }: { readonly region: string; readonly id: string },
    key: string,
    signal: AbortSignal | undefined,
  ): Promise<EmrCluster> {
    const known = this.#asked.get(key);
    if (known && this.#clock.now() - known.at < KEPT_MS) return orAborted(known.answer, signal);
    const answer = this.#apiOf(region).describe(id);
    this.#asked.set(key, { at: this.#clock.now(), answer });
    answer.catch(() => this.#asked.delete(key));
    return orAborted(answer, signal);
  }
}

function wordsOf({ id, name, state, reason, endedAt }: EmrCluster): string {
  const at = endedAt === undefined ? '' : ` at ${endedAt}`;
  return plainLine(`Cluster ${id} (${name}) is ${state}${at}${reason === undefined ? '' : `: ${reason}`}`);
}

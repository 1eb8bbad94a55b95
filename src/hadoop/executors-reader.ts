import type { CallOptions, DriverLogReader, LogItem, LogOpening, RunRef } from '../core/index.js';
import { borne, ContainerFollower, notice } from './container-follower.js';
import type { DriverCluster } from './driver-reader.js';
import type { DriverApp } from './driver-starts.js';
import type { ExecutorContainer } from './executor-containers.js';

/** What a reader of executors' logs needs of the cluster. */
export interface ExecutorCluster extends DriverCluster {
  /** Those that run now, and after the end all that are recorded. */
  executors(appId: string, app: DriverApp, options: CallOptions): Promise<readonly ExecutorContainer[]>;
}

type Pieces = AsyncGenerator<readonly LogItem[], void>;

const LOOK_MS = 5_000;

/** Reads the logs of all executors of an application, each in its own order. */
export class ExecutorsReader implements DriverLogReader {
  /** The backend's log is not what was asked for. */
  readonly suffices = true;
  readonly minPauseMs = 1_000;
  readonly #cluster: ExecutorCluster;
  readonly #opening: LogOpening;
  readonly #logs = new Map<string, ContainerFollower>();
  #app: DriverApp | undefined;
  #lookedAt = -Infinity;
  #said = '';

  constructor(cluster: ExecutorCluster, opening: LogOpening) {
    this.#cluster = cluster;
    this.#opening = opening;
  }

  async *read({ appId }: RunRef, options: CallOptions = {}): Pieces {
    if (appId === undefined) return;
    if (this.#cluster.clock.now() - this.#lookedAt >= LOOK_MS) yield* this.#look(appId, options);
    for (const log of this.#logs.values()) if (!log.isDone) yield* log.fromNode(options);
  }

  async *finish(ref: RunRef, options: CallOptions = {}): Pieces {
    const { appId } = ref;
    if (appId === undefined) return;
    yield* this.#look(appId, options);
    if (this.#app && !this.#app.isOver) {
      yield* this.read(ref, options);
      for (const log of this.#logs.values()) yield log.soFar();
      return;
    }
    if (this.#logs.size === 0) {
      yield [notice("nobody says which containers ran executors; Spark's History Server (--history-url) would know")];
    }
    const wait = this.#cluster.waitFor(appId, this.#app);
    for (const log of this.#logs.values()) if (!log.isDone) yield* log.complete(wait, true, options);
  }

  async *#look(appId: string, options: CallOptions): Pieces {
    this.#lookedAt = this.#cluster.clock.now();
    try {
      this.#app = await this.#cluster.app(appId, options);
      const found = this.#app ? await this.#cluster.executors(appId, this.#app, options) : [];
      for (const { container, node } of found) {
        if (this.#logs.has(container)) continue;
        const what = { container, node, whose: `${container}'s` };
        this.#logs.set(container, new ContainerFollower(this.#cluster, what, this.#opening));
      }
    } catch (error) {
      const problem = borne(error, options);
      if (problem !== this.#said) yield [notice(`YARN cannot be asked for the executors: ${problem}`)];
      this.#said = problem;
    }
  }
}

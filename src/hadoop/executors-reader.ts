import type { CallOptions, DriverLogReader, LogItem, LogOpening, RunRef } from '../core/index.js';
import { borne, ContainerFollower, notice } from './container-follower.js';
import type { DriverCluster } from './driver-reader.js';
import type { DriverApp } from './driver-starts.js';
import type { ExecutorContainer } from './executor-containers.js';

/** What a reader of executors' logs needs of the cluster. */
export interface ExecutorCluster extends DriverCluster {
  /** Those that run now, and after the end all that are recorded. @param app - `undefined`: YARN has forgotten it */
  executors(appId: string, app: DriverApp | undefined, options: CallOptions): Promise<readonly ExecutorContainer[]>;
}

type Pieces = AsyncGenerator<readonly LogItem[], void>;

/** Pauses between two looks at who the executors are, in milliseconds: the more there are, the longer the answers. */
const LOOK_MS = 5_000;
const LOOK_EACH_MS = 100;
const LOOK_MOST_MS = 60_000;
/** Executors that are asked with one reading, of which there is at most one in a second: two small requests for each. */
const ASKED_AT_ONCE = 25;
/** Pauses before one that had nothing new is asked again, in milliseconds: by half of its silence, at most so long. */
const QUIET_MS = 1_000;
const QUIET_MOST_MS = 30_000;

interface Followed {
  readonly log: ContainerFollower;
  dueAt: number;
  spokeAt: number;
}

/** Reads the logs of all executors of an application, each in its own order. */
export class ExecutorsReader implements DriverLogReader {
  /** The backend's log is not what was asked for. */
  readonly suffices = true;
  readonly minPauseMs = 1_000;
  readonly #cluster: ExecutorCluster;
  readonly #opening: LogOpening;
  readonly #logs = new Map<string, Followed>();
  #app: DriverApp | undefined;
  #lookedAt = -Infinity;
  #said = '';

  constructor(cluster: ExecutorCluster, opening: LogOpening) {
    this.#cluster = cluster;
    this.#opening = opening;
  }

  async *read({ appId }: RunRef, options: CallOptions = {}): Pieces {
    if (appId === undefined) return;
    const pause = Math.min(LOOK_MOST_MS, Math.max(LOOK_MS, LOOK_EACH_MS * this.#logs.size));
    if (this.#cluster.clock.now() - this.#lookedAt >= pause) yield* this.#look(appId, options);
    for (const one of this.#due()) {
      yield* one.log.fromNode(options);
      const now = this.#cluster.clock.now();
      if (!one.log.wasIdle) one.spokeAt = now;
      one.dueAt = now + Math.min(QUIET_MOST_MS, Math.max(QUIET_MS, (now - one.spokeAt) / 2));
    }
  }

  /** Those whose turn it is, the longest overdue first: a thousand executors are not a thousand requests each second. */
  #due(): readonly Followed[] {
    const now = this.#cluster.clock.now();
    return [...this.#logs.values()]
      .filter(({ log, dueAt }) => !log.isDone && dueAt <= now)
      .sort((a, b) => a.dueAt - b.dueAt)
      .slice(0, ASKED_AT_ONCE);
  }

  async *finish(ref: RunRef, options: CallOptions = {}): Pieces {
    const { appId } = ref;
    if (appId === undefined) return;
    yield* this.#look(appId, options);
    if (this.#app && !this.#app.isOver) {
      // As they stand now: of all of them, whosever turn it is.
      for (const { log } of this.#logs.values()) {
        if (!log.isDone) yield* log.fromNode(options);
        if (log.isAtWork || this.#said === '') yield log.soFar();
      }
      // With nobody to ask whether it is over, a container that is at work no more is answer enough.
      if (this.#said === '') return;
    }
    if (this.#logs.size === 0) {
      yield [notice("nobody says which containers ran executors; Spark's History Server (--history-url) would know")];
    }
    const wait = this.#cluster.waitFor(appId, this.#app);
    for (const { log } of this.#logs.values()) {
      const isLeft = !log.isDone && !(log.isAtWork && this.#said !== '');
      if (isLeft) yield* log.complete(wait, true, options);
    }
  }

  async *#look(appId: string, options: CallOptions): Pieces {
    this.#lookedAt = this.#cluster.clock.now();
    try {
      this.#app = await this.#cluster.app(appId, options);
      for (const { container, node } of await this.#cluster.executors(appId, this.#app, options)) {
        if (this.#logs.has(container)) continue;
        const what = { container, node, whose: `${container}'s` };
        const log = new ContainerFollower(this.#cluster, what, this.#opening);
        this.#logs.set(container, { log, dueAt: -Infinity, spokeAt: this.#lookedAt });
      }
      this.#said = '';
    } catch (error) {
      const problem = borne(error, options);
      if (problem !== this.#said) yield [notice(`YARN cannot be asked for the executors: ${problem}`)];
      this.#said = problem;
    }
  }
}

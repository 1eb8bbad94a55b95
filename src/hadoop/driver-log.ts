import {
  type CallOptions,
  type Clock,
  ConfigError,
  type DriverLogReader,
  type DriverLogSource,
  isLivywireError,
  type LogArchive,
  type LogOpening,
  type RunRef,
} from '../core/index.js';
import type { Http, Query } from '../http/index.js';
import { ArchiveWait } from './archive-wait.js';
import { CollectDeadlines } from './collect-deadline.js';
import type { CollectWait } from './container-follower.js';
import { DriverReader } from './driver-reader.js';
import { type DriverApp, readDriverApp } from './driver-starts.js';
import { clusterNodes, type ExecutorContainer, recordedContainers, runningContainers } from './executor-containers.js';
import { type ExecutorCluster, ExecutorsReader } from './executors-reader.js';
import type { LogPlace } from './log-file.js';
import { CollectedLogs, NodeLogs } from './log-places.js';
import { LogServer } from './log-server.js';

export interface DriverLogOptions {
  /** Of the ResourceManagers: one, or all of which one is active. */
  readonly https: readonly Http[];
  /** To the servers that the ResourceManager names: over the same network, without anybody's credentials. */
  readonly reach: (baseUrl: string, service: string) => Http;
  /** The `user.name` for YARN's simple authentication. */
  readonly user?: string;
  /** The server that shows collected logs. @defaultValue what YARN's settings say, else port 19888 of the ResourceManager's host */
  readonly logServerUrl?: string;
  /** Of Spark's History Server, which remembers executors. */
  readonly history?: Http;
  /** Where logs are kept beyond the cluster: asked last. @defaultValue nowhere */
  readonly archive?: LogArchive;
  readonly clock: Clock;
}

/** Shortest pause between two looks at the list of all nodes, which is long on a large cluster, in milliseconds. */
const NODES_MS = 60_000;
/** A process that lives for long meets many nodes: so many are remembered with their connections. */
const NODES_KEPT = 500;
const hostOf = (address: string): string => address.replace(/^https?:\/\//, '');

/**
 * The driver's stdout and stderr in YARN cluster mode: from the node that runs its container while it is there, then
 * from the server that shows the logs YARN has collected.
 * @example
 * ```ts
 * const rm = new Http({ baseUrl: 'http://rm.corp:8088', service: 'YARN' });
 * const reach = (baseUrl: string, service: string) => new Http({ baseUrl, service });
 * const reader = new DriverLog({ https: [rm], reach, clock: systemClock }).open(ref);
 * for await (const items of reader.read(ref)) console.log(items);
 * ```
 */
export class DriverLog implements DriverLogSource, ExecutorCluster {
  readonly clock: Clock;
  readonly archive: ArchiveWait | undefined;
  readonly #options: DriverLogOptions;
  readonly #who: Query;
  readonly #server: LogServer;
  readonly #https = new Map<string, Http>();
  readonly #deadlines: CollectDeadlines;
  /** `host:port` of the NodeManagers that YARN itself has named. */
  readonly #nodes = new Set<string>();
  #nextNodesAt = -Infinity;
  #turn = 0;

  constructor(options: DriverLogOptions) {
    this.clock = options.clock;
    this.#options = options;
    this.archive = options.archive && new ArchiveWait(options.archive, options.clock);
    this.#deadlines = new CollectDeadlines(options.clock);
    this.#who = options.user === undefined ? {} : { 'user.name': options.user };
    this.#server = new LogServer(options.https, options.logServerUrl);
  }

  open(ref: RunRef, opening: LogOpening = {}): DriverLogReader {
    return opening.executors ? new ExecutorsReader(this, opening) : new DriverReader(this, opening, ref.createdAt);
  }

  async app(appId: string, options: CallOptions): Promise<DriverApp | undefined> {
    const { https } = this.#options;
    for (let i = 0; ; i++) {
      const http = this.#resourceManager();
      try {
        return await readDriverApp(http, appId, this.#who, options);
      } catch (error) {
        options.signal?.throwIfAborted();
        if (i + 1 >= https.length || !isLivywireError(error)) throw error;
        this.#turn++; // it is down, or a standby one: the next may be the active one
      }
    }
  }

  node(address: string, container: string): LogPlace {
    return new NodeLogs({ http: this.#http(address, 'The NodeManager'), container, who: this.#who });
  }

  async collected(container: string, options: CallOptions): Promise<LogPlace> {
    const address = await this.#server.address(options);
    return new CollectedLogs({ http: this.#http(address, 'The log server'), container, who: this.#who });
  }

  waitFor(appId: string, app: DriverApp | undefined): CollectWait {
    return this.#deadlines.for(appId, app?.collected);
  }

  async executors(
    appId: string,
    app: DriverApp | undefined,
    options: CallOptions,
  ): Promise<readonly ExecutorContainer[]> {
    const { history } = this.#options;
    const http = this.#resourceManager();
    const starts = app?.starts ?? [];
    const drivers = new Set(starts.map(({ container }) => container));
    const query = this.#who;
    const last = starts.at(-1);
    const running =
      app?.isOver || !last ? [] : await runningContainers(http, appId, last.number, { ...options, query });
    const recorded = history ? await recordedContainers(history, appId, options) : [];
    const named = [...running, ...starts].flatMap(({ node }) => node ?? []);
    const known = await this.#askedForNodes(named, recorded, { ...options, query });
    const found = new Map([...known, ...running].map((one) => [one.container, one]));
    return [...found.values()].filter(({ container }) => !drivers.has(container));
  }

  /** A node that only a link of the job's names is asked when YARN has one of that name; else YARN's collected log will do. */
  async #askedForNodes(
    named: readonly string[],
    recorded: readonly ExecutorContainer[],
    options: CallOptions & { readonly query: Query },
  ): Promise<readonly ExecutorContainer[]> {
    for (const node of named) this.#nodes.add(hostOf(node));
    const isKnown = ({ node }: ExecutorContainer) => node === undefined || this.#nodes.has(hostOf(node));
    if (!recorded.every(isKnown) && this.clock.now() >= this.#nextNodesAt) {
      this.#nextNodesAt = this.clock.now() + NODES_MS;
      for (const node of await this.#allNodes(options)) this.#nodes.add(node);
    }
    return recorded.map((one) => (isKnown(one) ? one : { ...one, node: undefined }));
  }

  /** Whom nobody may list is not asked. */
  async #allNodes(options: CallOptions & { readonly query: Query }): Promise<readonly string[]> {
    try {
      return await clusterNodes(this.#resourceManager(), options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isLivywireError(error)) throw error;
      return [];
    }
  }

  #resourceManager(): Http {
    const { https } = this.#options;
    const http = https[this.#turn % https.length];
    if (!http) throw new ConfigError('No ResourceManager was given', { field: 'yarn.url' });
    return http;
  }

  #http(address: string, service: string): Http {
    const http = this.#https.get(address) ?? this.#options.reach(address, service);
    // The one that was not needed for the longest time stands first.
    this.#https.delete(address);
    this.#https.set(address, http);
    const [oldest] = this.#https.keys();
    if (this.#https.size > NODES_KEPT && oldest !== undefined) this.#https.delete(oldest);
    return http;
  }
}

import {
  type Actor,
  type BackendMaker,
  type Clock,
  ConfigError,
  type Ledger,
  type Logger,
  type OutcomeSource,
  systemClock,
} from '../core/index.js';
import type { AwsSettings } from '../aws/index.js';
import { type Auth, createNetwork, Http, type Network, type NetworkOptions } from '../http/index.js';
import { lazyArchive, lazyArchivedLog, noLog } from './behind-archive.js';
import { takerOfJobs } from './taker-of-jobs.js';
import { lazyAws } from './aws.js';
import type { LivyClient } from '../livy/index.js';
import { checkInputs, outputMarkers } from './data-places.js';
import { livyServerWords } from './livy-server-words.js';
import { lazyProgress, lazyWaiting } from './behind-progress.js';
import { lazyDriverLog, lazyHistory, lazyYarn } from './behind.js';
import { currentIdentity, defaultWaits, Engine, LogChooser, type Runs, type Waits, watcherOf } from '../run/index.js';

export interface LivywireOptions {
  /**
   * Livy's address: `http://ip-10-0-3-7.ec2.internal:8998`. A base path is kept; `user:password@` becomes basic auth. Several
   * for a cluster that has more than one Livy (EMR with three primaries), with an `endpoint`: a job goes to the first that
   * answers, and is followed at YARN whatever becomes of that one. `connectToCluster` of livywire/aws gives both.
   */
  readonly url?: string | readonly string[];
  /** What runs are kept under where addresses change: `emr://<region>/<cluster id>`. @defaultValue the address */
  readonly endpoint?: string;
  /** What takes jobs in the place of a Livy: `connectToSteps` of livywire/aws gives one. @defaultValue the Livy at `url` */
  readonly backend?: BackendMaker;
  /** Folders in S3 that EMR copies logs to, `s3://bucket/logs/j-3KVTXXXXXX7UG`: looked in last. @defaultValue none */
  readonly logFolders?: readonly string[];
  /** Why nothing can be started there any more: then a start is refused with these words. @defaultValue it can */
  readonly closed?: string;
  /** Asked how a run ended when neither Livy, nor YARN, nor the History Server has a record. @defaultValue nobody else */
  readonly sources?: readonly OutcomeSource[];
  /** Where runs are kept: `fileLedger(folder)`, `memoryLedger()`. */
  readonly ledger: Ledger;
  /** Who we are to Livy. @defaultValue nobody in particular */
  readonly auth?: Auth;
  /** Sent to Livy with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Proxy, host map, TLS: for every host of the cluster. @defaultValue direct connections */
  readonly network?: NetworkOptions;
  /**
   * YARN's ResourceManager (port 8088). With it a lost answer is settled for certain, and the end of a run is
   * YARN's own word. Asked without Livy's credentials. @defaultValue YARN is not asked
   */
  readonly yarn?: {
    /** Several for a cluster with standby ResourceManagers: the active one is found, and found again after a failover. */
    readonly url: string | readonly string[];
    /** Who we are where YARN's simple authentication asks for a `user.name`. */
    readonly user?: string;
    /** A promise that this user sees everybody's applications: then an empty answer counts. */
    readonly seesAllApps?: boolean;
    /**
     * The server that shows the logs YARN has collected, `http://primary:19888`: asked for a driver's log after the end.
     * @defaultValue what YARN's own settings say, else port 19888 of the ResourceManager's host
     */
    readonly logServerUrl?: string;
  };
  /** Spark's History Server (port 18080). @defaultValue it is not asked */
  readonly historyUrl?: string;
  /** Longest wait for one answer, in milliseconds. @defaultValue `30_000` */
  readonly requestTimeoutMs?: number;
  /**
   * Who acts, for the ledger: asked once, at the first submit or cancel. Decides nothing.
   * @defaultValue the user of the operating system, the host and livywire's version
   */
  readonly actor?: () => Promise<Actor>;
  /** For outputs and inputs in S3; what is absent, the SDK finds for itself. It is loaded with the first of them. */
  readonly aws?: AwsSettings;
  /** The engine's own waits; the defaults suit clusters. */
  readonly waits?: Partial<Waits>;
  /** Told what happens; never handed a secret. @defaultValue silence */
  readonly logger?: Logger;
  readonly clock?: Clock;
  /**
   * Whether a watcher of the ledger (the `watch` function) is believed: while it follows a run, `wait`, `watch` and `status` read the
   * ledger and ask no server. @defaultValue `true`
   */
  readonly believeWatcher?: boolean;
}

/** Everything that runs jobs, and its end. */
export interface Livywire extends Runs {
  /** What runs are kept under here: Livy's address, or the cluster that it stands for. */
  readonly endpoint: string;
  /** The Livys behind it, for `withSession` of livywire/session; several on EMR with three primaries, none where EMR's own steps take the jobs. */
  readonly livys?: readonly LivyClient[];
  /** Closes every connection: calls that are under way fail. Jobs go on. */
  close(): Promise<void>;
}

const silence: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };

const plainActor = async (): Promise<Actor> => (await import('./actor.js')).findActor({ env: {} });

/**
 * The engine over one Livy. Does no I/O by itself: the first request is sent by the first call.
 * @throws ConfigError naming the option
 * @example
 * const lw = createLivywire({ url: 'http://127.0.0.1:8998', ledger: memoryLedger() });
 * const run = await lw.submit({ file: 's3://bucket/jobs/etl.py' }, { key: 'sales/2026-11-01' });
 * console.log((await run.wait()).kind);
 * await lw.close();
 */
export function createLivywire(options: LivywireOptions): Livywire {
  const { logger = silence, clock = systemClock } = options;
  if (typeof options.ledger?.get !== 'function') {
    throw new ConfigError('ledger is missing; memoryLedger() or fileLedger(folder) make one', { field: 'ledger' });
  }
  const network: Network = createNetwork({ ...options.network, logger });
  const timeout = options.requestTimeoutMs !== undefined && { timeoutMs: options.requestTimeoutMs };
  // Livy's credentials are Livy's: what stands behind it is asked without them.
  const behind = (baseUrl: string, service: string) =>
    new Http({ baseUrl, service, network, logger, clock, ...timeout });
  const { yarn, historyUrl } = options;
  const history = historyUrl === undefined ? undefined : behind(historyUrl, 'Spark History Server');
  const https = yarn && [yarn.url].flat().map((url) => behind(url, 'YARN'));
  const [http] = https ?? [];
  if (yarn && !http) throw new ConfigError('yarn.url is an empty list; leave yarn out', { field: 'yarn.url' });
  const rm = yarn &&
    http && { ...yarn, http, https: [http, ...(https ?? []).slice(1)] as const, reach: behind, history, clock };
  let actor: Promise<Actor> | undefined;
  const aws = lazyAws(options.aws ?? {});
  const registry = rm && lazyYarn(rm);
  const archive = options.logFolders?.length ? lazyArchive(aws, options.logFolders) : undefined;
  const { backend, ownLog, livys, url } = takerOfJobs({
    ...options,
    ...timeout,
    ...(registry && { registry }),
    stepLog: (taker) => (archive ? lazyArchivedLog(archive, { backend: taker, clock, of: 'step' }) : noLog),
    network,
    logger,
    clock,
  });
  const driverLog = rm
    ? lazyDriverLog({ ...rm, archive })
    : archive && backend.kind === 'emr-step' && lazyArchivedLog(archive, { backend, clock, of: 'driver' });
  const engine = new Engine({
    backend,
    logs: driverLog ? new LogChooser({ driver: driverLog, backend: ownLog, clock }) : ownLog,
    ledger: options.ledger,
    markers: outputMarkers(aws),
    inputs: (paths, callOptions) => checkInputs(paths, aws, callOptions),
    clock,
    ...(options.logFolders?.length &&
      backend.kind === 'livy' && {
        serverWords: livyServerWords({ aws, folders: options.logFolders, clock, logger }),
      }),
    // Loaded when a run has failed.
    diagnose: async (facts) => (await import('../diagnosis/index.js')).diagnose(facts),
    logger,
    identity: currentIdentity(),
    actor: () => (actor ??= (options.actor ?? plainActor)()),
    waits: { ...defaultWaits, ...options.waits },
    sources: [...(history ? [lazyHistory(history)] : []), ...(options.sources ?? [])],
    ...(rm && registry && { registry, waiting: lazyWaiting(rm) }),
    ...(options.believeWatcher !== false && { watcher: watcherOf(options.ledger, clock) }),
    progress: lazyProgress({
      livyUrl: url ?? backend.endpoint,
      open: (baseUrl) => behind(baseUrl, "Spark's driver"),
      clock,
      logger,
      ...(rm && { yarns: rm.https }),
      ...(history && { history }),
    }),
  });
  return {
    endpoint: backend.endpoint,
    livys,
    submit: (spec, submitOptions) => engine.submit(spec, submitOptions),
    attach: (ref) => engine.attach(ref),
    find: (run, findOptions) => engine.find(run, findOptions),
    list: (listOptions) => engine.list(listOptions),
    plan: (spec, planOptions) => engine.plan(spec, planOptions),
    close: async () => {
      network.close();
    },
  };
}

/** The servers of one instance. Without YARN there is only `livy`; `moto` and `aws` are there with AWS, more Livys with several primaries. */
export const serverNames = [
  'resourcemanager',
  'nodemanager',
  'jobhistory',
  'spark-history',
  'moto',
  'aws',
  'livy',
  'livy-2',
  'livy-3',
] as const;
export type ServerName = (typeof serverNames)[number];

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessId {
  readonly pid: number;
  /** When it started, in the words of the system: clock ticks since boot on Linux, `ps`'s `lstart` elsewhere. */
  readonly started: string;
}

/** What is going on while `up` fetches and starts. */
export interface LocalProgress {
  /**
   * `java` `jars` `python`: getting the software · `start`: a server is being started ·
   * `healthy`: it answers · `stop`: leftovers of a crash are being stopped.
   */
  readonly step: 'java' | 'jars' | 'python' | 'start' | 'healthy' | 'stop';
  /** One line for people. */
  readonly message: string;
  /** How much of the step is done, where it can be counted. */
  readonly done?: number;
  readonly total?: number;
}

/** Where things are kept and found. Everything has a default; tests give their own. */
export interface LocalPlaces {
  /** What was fetched: jars, Python environments, a JDK. @defaultValue `$XDG_CACHE_HOME/livywire` or `~/.cache/livywire` */
  readonly cacheDir?: string;
  /** What runs: one folder per instance. @defaultValue `$XDG_STATE_HOME/livywire/local` or `~/.local/state/livywire/local` */
  readonly stateDir?: string;
}

/** What kind of servers to start. Kept with the instance, so that a restart starts the same ones. */
export interface InstanceOptions {
  /** Put a real YARN, JobHistory server and Spark History Server behind Livy. @defaultValue `false`: `local[*]` */
  readonly yarn?: boolean;
  /**
   * Add S3 and the EMR API, with one cluster that is this instance, and let Spark read and write `s3://`. Implies
   * `yarn`. @defaultValue `false`
   */
  readonly aws?: boolean;
  /**
   * How many primaries the cluster has, 1 to 3, each with a Livy of its own over the one YARN, at 127.0.0.1, 127.0.0.2
   * and 127.0.0.3: an EMR cluster with high availability. With `aws` and on Linux only. @defaultValue `1`
   */
  readonly primaries?: number;
  /** Another Livy: the folder that holds `bin/livy-server`. @defaultValue Apache Livy 0.7.1-incubating, fetched */
  readonly livyHome?: string;
  /**
   * A program to stand in for `spark-submit`, for tests that need hundreds of batches. It need not answer
   * `--version`. @defaultValue Spark's own
   */
  readonly sparkSubmit?: string;
  /** Extra lines for `livy.conf`; they win over ours. */
  readonly conf?: Readonly<Record<string, string>>;
  /** Extra lines for `spark-defaults.conf`; they win over ours. */
  readonly sparkConf?: Readonly<Record<string, string>>;
  /** Extra settings of YARN: `yarn.scheduler.capacity.*` for its queues, the rest for `yarn-site.xml`; they win over ours. */
  readonly yarnConf?: Readonly<Record<string, string>>;
  /** Extra environment of the servers and of what they start. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Folders whose files Livy may run as jobs, beside livywire's own jobs and Spark's examples.
   * @defaultValue the working directory
   */
  readonly allow?: readonly string[];
  /** Livy's port. @defaultValue a free one */
  readonly port?: number;
  /**
   * Let Livy find its batches again after it was killed. Livy 0.7.1 recovers batches under YARN only.
   * @defaultValue `true` with `yarn`, else `false`
   */
  readonly recovery?: boolean;
  /** How often Livy asks YARN, in milliseconds. @defaultValue `1_000`; EMR keeps Livy's own default of 5 s */
  readonly yarnPollMs?: number;
  /** Let the ResourceManager find its applications again after a restart. @defaultValue `true` */
  readonly yarnRecovery?: boolean;
  /** Memory that the NodeManager hands out, in MB. @defaultValue `8_192` */
  readonly yarnMemoryMb?: number;
}

export interface UpOptions extends InstanceOptions, LocalPlaces {
  /** @defaultValue `default` */
  readonly name?: string;
  /** A Python 3.9 to 3.13 to make the virtual environment from. @defaultValue the first one on the PATH */
  readonly python?: string;
  readonly onProgress?: (progress: LocalProgress) => void;
  /** Stops the fetching or starting; servers that were started are stopped again. */
  readonly signal?: AbortSignal;
}

/** One server as last recorded. */
export interface LocalServer {
  readonly name: ServerName;
  readonly process: ProcessId;
  readonly url: string;
  /** The file its output goes to. */
  readonly log: string;
}

/** A named set of servers on this machine. */
export interface LocalInstance {
  readonly name: string;
  /** Livy's address, `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Livy's process. */
  readonly pid: number;
  /** The instance's folder: configuration, logs, what jobs leave in their working directory (`work/`). */
  readonly dir: string;
  readonly yarn: boolean;
  /** ISO 8601. */
  readonly createdAt: string;
  /** `true` when `up` found it running already and changed nothing. */
  readonly reused?: boolean;
  readonly servers: readonly LocalServer[];
  /** What a program needs to talk to what stands behind Livy; absent without YARN. */
  readonly behind?: {
    readonly resourceManager: string;
    readonly nodeManager: string;
    readonly jobHistory: string;
    readonly sparkHistory: string;
  };
  /** What a program needs to talk to S3 and the EMR API; absent without AWS. */
  readonly aws?: AwsAccess;
}

/** The local S3 and EMR API, in the words of the AWS SDKs' settings. */
export interface AwsAccess {
  /** `AWS_ENDPOINT_URL`, for S3, EMR and STS alike. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** A bucket that is there from the start. */
  readonly bucket: string;
  /** The name of the cluster that is this instance. */
  readonly clusterName: string;
}

/** One server as it is now. */
export interface ServerStatus {
  readonly name: ServerName;
  readonly url: string;
  readonly pid: number;
  readonly log: string;
  /** `up`: answers · `silent`: the process lives but does not answer · `gone`: the process ended. */
  readonly state: 'up' | 'silent' | 'gone';
}

/** One instance as it is now. */
export interface InstanceStatus {
  readonly name: string;
  readonly dir: string;
  readonly yarn: boolean;
  readonly createdAt: string;
  /** Livy's address, once it has one. */
  readonly url?: string;
  /** `up`: every server answers · `starting`: an `up` is at it · `broken`: something is gone or silent; `up` or `down` clears it. */
  readonly state: 'up' | 'starting' | 'broken';
  readonly servers: readonly ServerStatus[];
}

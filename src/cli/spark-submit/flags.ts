import type { PathList } from '../../core/index.js';
import type { OptionTable } from '../option-spec.js';

/** What becomes of one of spark-submit's flags. */
export type SparkFlagUse =
  | { readonly as: 'text'; readonly field: 'className' | 'queue' | 'proxyUser'; readonly conf?: string }
  | { readonly as: 'label' }
  | { readonly as: 'size'; readonly field: 'driverMemory' | 'executorMemory'; readonly conf: string }
  | {
      readonly as: 'count';
      readonly field: 'driverCores' | 'executorCores' | 'numExecutors';
      readonly conf: string;
      readonly least: 0 | 1;
    }
  | { readonly as: 'paths'; readonly field: PathList; readonly conf: string }
  | { readonly as: 'conf' }
  | { readonly as: 'properties' }
  /** Another way to write a Spark setting; wins over `--conf` of the same key, as in spark-submit. */
  | {
      readonly as: 'mapped';
      readonly conf: string;
      readonly detail?: string;
      /** `count`: a whole number from 1. `may-be-empty`: an empty variable of a script is no mistake. */
      readonly value?: 'count' | 'may-be-empty';
    }
  | { readonly as: 'master' }
  | { readonly as: 'deploy-mode' }
  /** Taken without a word, because it asks for what happens anyway. */
  | { readonly as: 'accepted'; readonly detail: string }
  | { readonly as: 'refused'; readonly reason: string; readonly wayOut: string };

export interface SparkFlag {
  readonly takesValue: boolean;
  readonly alias?: string;
  readonly describe: string;
  readonly use: SparkFlagUse;
}

const text = (describe: string, use: SparkFlagUse): SparkFlag => ({ takesValue: true, describe, use });
const plain = (describe: string, use: SparkFlagUse): SparkFlag => ({ takesValue: false, describe, use });

const KERBEROS = {
  reason: 'Livy logs in with its own Kerberos ticket and starts the job as you; it takes no keytab from a client',
  wayOut: 'leave it out, and use --proxy-user where the job should run as somebody else',
} as const;

/** What `--keytab` and `--principal` refuse, as settings. */
export const refusedSettings: Readonly<Record<string, typeof KERBEROS>> = Object.fromEntries(
  ['spark.yarn', 'spark.kerberos'].flatMap((prefix) => [
    [`${prefix}.keytab`, KERBEROS],
    [`${prefix}.principal`, KERBEROS],
  ]),
);

/**
 * Every flag of spark-submit 3.5 (`org.apache.spark.launcher.SparkSubmitOptionParser`) but `--help`, `--usage-error`
 * and `--version`, which ask about the program and are answered before this table is looked at.
 */
export const sparkFlags: Readonly<Record<string, SparkFlag>> = {
  class: text("The application's main class, for Java and Scala", { as: 'text', field: 'className' }),
  conf: {
    ...text('A Spark setting, as in spark.sql.shuffle.partitions=400; may be repeated', { as: 'conf' }),
    alias: 'c',
  },
  jars: text('Jars for driver and executors, comma separated', { as: 'paths', field: 'jars', conf: 'spark.jars' }),
  'py-files': text('.zip, .egg or .py files for PYTHONPATH, comma separated', {
    as: 'paths',
    field: 'pyFiles',
    conf: 'spark.submit.pyFiles',
  }),
  files: text("Files for each executor's working directory, comma separated", {
    as: 'paths',
    field: 'files',
    conf: 'spark.files',
  }),
  archives: text('Archives to unpack for each executor, comma separated; env.tar.gz#name names the folder', {
    as: 'paths',
    field: 'archives',
    conf: 'spark.archives',
  }),
  name: text('A label for people; ls and status show it', { as: 'label' }),
  queue: text('YARN queue', { as: 'text', field: 'queue', conf: 'spark.yarn.queue' }),
  'driver-memory': text('Memory of the driver, as in 4g', {
    as: 'size',
    field: 'driverMemory',
    conf: 'spark.driver.memory',
  }),
  'driver-cores': text('Cores of the driver', {
    as: 'count',
    field: 'driverCores',
    conf: 'spark.driver.cores',
    least: 1,
  }),
  'executor-memory': text('Memory of each executor, as in 4g', {
    as: 'size',
    field: 'executorMemory',
    conf: 'spark.executor.memory',
  }),
  'executor-cores': text('Cores of each executor', {
    as: 'count',
    field: 'executorCores',
    conf: 'spark.executor.cores',
    least: 1,
  }),
  'num-executors': text('Number of executors', {
    as: 'count',
    field: 'numExecutors',
    conf: 'spark.executor.instances',
    least: 0,
  }),
  'total-executor-cores': text('Cores of all executors together (spark.cores.max)', {
    as: 'mapped',
    conf: 'spark.cores.max',
    value: 'count',
    detail: 'YARN does not look at it, as with spark-submit: --num-executors and --executor-cores count there',
  }),
  'proxy-user': text('Run the job as this user', { as: 'text', field: 'proxyUser' }),
  'properties-file': text('File of Spark settings on this machine; flags win over it', { as: 'properties' }),
  packages: text('Maven coordinates, comma separated (spark.jars.packages)', {
    as: 'mapped',
    conf: 'spark.jars.packages',
    detail: 'resolved by the cluster, which has to reach a Maven repository',
  }),
  'exclude-packages': text('Dependencies to leave out (spark.jars.excludes)', {
    as: 'mapped',
    conf: 'spark.jars.excludes',
  }),
  repositories: text('More Maven repositories (spark.jars.repositories)', {
    as: 'mapped',
    conf: 'spark.jars.repositories',
  }),
  'driver-java-options': text("The driver's JVM options (spark.driver.extraJavaOptions)", {
    as: 'mapped',
    conf: 'spark.driver.extraJavaOptions',
    value: 'may-be-empty',
  }),
  'driver-class-path': text("More of the driver's class path (spark.driver.extraClassPath)", {
    as: 'mapped',
    conf: 'spark.driver.extraClassPath',
    value: 'may-be-empty',
    detail: 'paths on the cluster, not on this machine',
  }),
  'driver-library-path': text("More of the driver's library path (spark.driver.extraLibraryPath)", {
    as: 'mapped',
    conf: 'spark.driver.extraLibraryPath',
    value: 'may-be-empty',
    detail: 'paths on the cluster, not on this machine',
  }),
  master: text('yarn is what Livy uses anyway', { as: 'master' }),
  'deploy-mode': text('cluster is what Livy uses anyway', { as: 'deploy-mode' }),
  verbose: {
    ...plain("Show Spark's own INFO lines too", { as: 'accepted', detail: "livywire's own --verbose" }),
    alias: 'v',
  },
  supervise: plain('No effect on YARN', {
    as: 'accepted',
    detail: 'no effect on YARN, as with spark-submit; spark.yarn.maxAppAttempts says how often YARN tries again',
  }),
  'load-spark-defaults': plain('The cluster always reads its own spark-defaults.conf', {
    as: 'accepted',
    detail: 'the cluster reads its own spark-defaults.conf in any case',
  }),
  keytab: text('Not with Livy', { as: 'refused', ...KERBEROS }),
  principal: text('Not with Livy', { as: 'refused', ...KERBEROS }),
  remote: text('Not with Livy', {
    as: 'refused',
    reason: 'it names a Spark Connect server, and Livy starts applications of their own',
    wayOut: 'leave it out',
  }),
  kill: text('livywire cancel does it', {
    as: 'refused',
    reason: 'it asks a standalone master to end a driver',
    wayOut: 'use livywire cancel <run>',
  }),
  status: text('livywire status does it', {
    as: 'refused',
    reason: 'it asks a standalone master about a driver',
    wayOut: 'use livywire status <run>',
  }),
};

/** Settings that list paths, as the flags of the same meaning do. */
export const pathSettings: readonly string[] = Object.values(sparkFlags).flatMap(({ use }) =>
  use.as === 'paths' ? [use.conf] : [],
);

const hiddenUses: readonly SparkFlagUse['as'][] = ['refused', 'accepted', 'master', 'deploy-mode'];

/** The same as options of a verb. `conf` may be repeated; of the others the last one counts. */
export const sparkOptions: OptionTable = Object.fromEntries(
  Object.entries(sparkFlags).map(([name, { takesValue, alias, describe, use }]) => [
    name,
    {
      type: takesValue ? (use.as === 'conf' ? ('list' as const) : ('string' as const)) : ('boolean' as const),
      describe,
      group: 'Job, as with spark-submit',
      lastCounts: true,
      ...(alias !== undefined && { alias }),
      ...(hiddenUses.includes(use.as) && name !== 'verbose' && { hidden: true }),
    },
  ]),
);

import { ConfigError } from '../core/index.js';

/**
 * The lines of a `livy.conf` or `spark-defaults.conf`.
 * @throws ConfigError for what such a file cannot hold
 */
export function properties(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([key, value]) => {
      if (!/^[\w.-]+$/.test(key))
        throw new ConfigError(`${JSON.stringify(key)} is no name of a setting`, { field: key });
      if (/[\r\n\0]/.test(value)) throw new ConfigError(`The value of ${key} has more than one line`, { field: key });
      // Both files are read as Java properties: a backslash escapes there.
      return `${key} = ${value.replaceAll('\\', '\\\\')}\n`;
    })
    .join('');
}

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A Hadoop `*-site.xml`. */
export function siteXml(settings: Readonly<Record<string, string>>): string {
  const lines = Object.entries(settings).map(
    ([key, value]) => `<property><name>${escapeXml(key)}</name><value>${escapeXml(value)}</value></property>`,
  );
  return `<?xml version="1.0"?>\n<configuration>\n${lines.join('\n')}\n</configuration>\n`;
}

/** Log4j 1, which Livy and Hadoop bring: everything to stderr, which goes to the server's one log file. */
export const log4j1 = `log4j.rootLogger=INFO, console
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.target=System.err
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%d{yyyy-MM-dd HH:mm:ss,SSS} %p %c{1}: %m%n
`;

export interface LivyConfOptions {
  readonly port: number;
  /** `local[*]` or `yarn`. */
  readonly master: string;
  /** Folders, without a trailing slash. */
  readonly allow: readonly string[];
  /** Where Livy keeps what it needs to recover; absent without recovery. */
  readonly recoveryDir?: string;
  readonly yarnPollMs?: number;
  /** The person's own lines; they win. */
  readonly extra?: Readonly<Record<string, string>>;
}

/** What goes into `livy.conf`. */
export function livyConf(options: LivyConfOptions): Record<string, string> {
  const { port, master, allow, recoveryDir, yarnPollMs } = options;
  for (const dir of allow) {
    // Livy splits this list at commas, and knows no way to quote one.
    if (dir.includes(','))
      throw new ConfigError(`Livy cannot allow a folder with a comma in its name: ${dir}`, { field: 'allow' });
  }
  return {
    'livy.server.host': '127.0.0.1',
    'livy.server.port': String(port),
    // Livy keeps 200 lines of each stream by default, and a job that prints fast overruns them between two reads.
    'livy.cache-log.size': '5000',
    // An interactive session's driver calls back; by default on the machine's outer address.
    'livy.rsc.rpc.server.address': '127.0.0.1',
    'livy.spark.master': master,
    ...(master === 'yarn' && { 'livy.spark.deploy-mode': 'cluster' }),
    // Compared as the beginning of a string: without the slash `/data` would also allow `/database`.
    'livy.file.local-dir-whitelist': allow.map((dir) => (dir.endsWith('/') ? dir : `${dir}/`)).join(','),
    ...(recoveryDir !== undefined && {
      'livy.server.recovery.mode': 'recovery',
      'livy.server.recovery.state-store': 'filesystem',
      'livy.server.recovery.state-store.url': `file://${recoveryDir}`,
    }),
    ...(yarnPollMs !== undefined && { 'livy.server.yarn.poll-interval': `${yarnPollMs}ms` }),
    ...options.extra,
  };
}

// What would lead our servers to the person's own Spark or Hadoop.
const misleading = /^(?:SPARK|PYSPARK|LIVY|HADOOP|YARN|MAPRED)_|^(?:CLASSPATH|PYTHONPATH|PYTHONHOME|JAVA_HOME)$/;

/** The environment of a server: the person's, less what points at another Spark or Hadoop, plus what is ours. */
export function serverEnv(
  base: Readonly<Record<string, string | undefined>>,
  ours: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept = Object.entries(base).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !misleading.test(entry[0]),
  );
  return { ...Object.fromEntries(kept), ...ours };
}

import { mkdir, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ConfigError } from '../core/index.js';
import { livyConf, log4j1, properties } from './conf.js';
import type { InstanceOptions } from './model.js';
import { packageRoot } from './paths.js';
import type { ServerRecord } from './record.js';
import type { Software } from './software.js';

/** The folders of one instance. */
export interface Layout {
  readonly dir: string;
  /** What is in `SPARK_CONF_DIR`, `LIVY_CONF_DIR` and `HADOOP_CONF_DIR`. */
  readonly conf: string;
  readonly logs: string;
  /** The working directory of Livy and so of jobs in `local[*]`: relative paths land here. */
  readonly work: string;
  readonly tmp: string;
}

export const layoutOf = (dir: string): Layout => ({
  dir,
  conf: join(dir, 'conf'),
  logs: join(dir, 'logs'),
  work: join(dir, 'work'),
  tmp: join(dir, 'tmp'),
});

// Livy 0.7 and Hadoop 3.3 reach into the JDK, which Java has refused since 16.
const opened = ['lang', 'lang.invoke', 'util', 'util.concurrent', 'nio', 'net', 'io'];

/** The options a JVM of that version needs for Livy, Hadoop and Spark's own daemons. */
export const openModules = (major: number): string[] =>
  major < 9 ? [] : opened.flatMap((name) => ['--add-opens', `java.base/java.${name}=ALL-UNNAMED`]);

/** A server that idles most of its life and shares two cores with the jobs. */
export const smallJvm = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.awt.headless=true'];

/** For the drivers: their jobs are short, and the big compiler costs a small job more than it ever gives back. */
export const quickJvm = '-XX:+UseSerialGC -XX:TieredStopAtLevel=1';

/** The folder that Livy takes for Spark's: the real one, or one whose `spark-submit` is the stand-in. */
async function sparkHome(layout: Layout, software: Software, standIn: string | undefined): Promise<string> {
  if (standIn === undefined) return software.sparkHome;
  const program = resolve(standIn);
  if ((await stat(program).catch(() => undefined))?.isFile() !== true) {
    throw new ConfigError(`There is no stand-in for spark-submit at ${program}`, { field: 'sparkSubmit' });
  }
  const home = join(layout.dir, 'spark');
  await mkdir(join(home, 'bin'), { recursive: true });
  // Livy asks for the version once when it starts, and ends when the answer has none.
  const script = `#!/bin/sh\nif [ "$1" = --version ]; then echo 'version 3.5.8'; exit 0; fi\nexec ${quote(program)} "$@"\n`;
  await writeFile(join(home, 'bin', 'spark-submit'), script, { mode: 0o755 });
  return home;
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Both spellings of each folder: Livy compares the path as the job gives it. */
async function allowed(options: InstanceOptions, software: Software, cwd: string): Promise<string[]> {
  const dirs = [
    ...(options.allow ?? [cwd]).map((dir) => resolve(cwd, dir)),
    join(packageRoot(), 'jobs'),
    join(software.sparkHome, 'examples'),
  ];
  const real = await Promise.all(dirs.map((dir) => realpath(dir).catch(() => dir)));
  return [...new Set([...dirs, ...real])];
}

export interface LivyPlan {
  readonly layout: Layout;
  readonly software: Software;
  readonly options: InstanceOptions;
  readonly port: number;
  /** The caller's working directory. */
  readonly cwd: string;
  /** The YARN behind it, when there is one. */
  readonly yarn?: { readonly hadoopConfDir: string; readonly sparkConf: Readonly<Record<string, string>> };
}

/** Writes Livy's and Spark's configuration and says how Livy is started. */
export async function planLivy(plan: LivyPlan): Promise<ServerRecord> {
  const { layout, software, options, port, cwd } = plan;
  const { conf, logs, work, tmp } = layout;
  const { yarn } = plan;
  const recoveryDir = join(layout.dir, 'recovery');
  const recovery = options.recovery ?? yarn !== undefined;
  for (const dir of [conf, logs, work, tmp, ...(recovery ? [recoveryDir] : [])]) await mkdir(dir, { recursive: true });

  // Spark's examples name their data by a path relative to Spark's folder, where its users usually stand.
  await symlink(join(software.sparkHome, 'data'), join(work, 'data'));
  await symlink(join(software.sparkHome, 'examples'), join(work, 'examples'));

  const livy = livyConf({
    port,
    master: yarn !== undefined ? 'yarn' : 'local[*]',
    allow: await allowed(options, software, cwd),
    ...(recovery && { recoveryDir }),
    ...(yarn && { yarnPollMs: options.yarnPollMs ?? 1_000 }),
    ...(options.conf && { extra: options.conf }),
  });
  await writeFile(join(conf, 'livy.conf'), properties(livy), { mode: 0o600 });
  await writeFile(join(conf, 'log4j.properties'), log4j1);
  const spark = {
    // Jobs run side by side: 4040 would be taken, and the retries fill their logs.
    'spark.ui.port': '0',
    'spark.local.dir': tmp,
    'spark.pyspark.python': software.python,
    // Spark's 200 are for a cluster; here they make a small job three times as long.
    'spark.sql.shuffle.partitions': '4',
    ...yarn?.sparkConf,
    ...options.sparkConf,
  };
  await writeFile(join(conf, 'spark-defaults.conf'), properties(spark), { mode: 0o600 });

  const jvm = [...openModules(software.java.major), ...smallJvm, `-Djava.io.tmpdir=${tmp}`];
  const env = {
    JAVA_HOME: software.java.home,
    SPARK_HOME: await sparkHome(layout, software, options.sparkSubmit),
    SPARK_CONF_DIR: conf,
    SPARK_LOCAL_IP: '127.0.0.1',
    // A killed driver leaves its files where `down` removes them.
    SPARK_SUBMIT_OPTS: `${quickJvm} -Djava.io.tmpdir=${tmp}`,
    PYSPARK_PYTHON: software.python,
    PYSPARK_DRIVER_PYTHON: software.python,
    LIVY_CONF_DIR: conf,
    LIVY_LOG_DIR: logs,
    LIVY_PID_DIR: tmp,
    ...(yarn && { HADOOP_CONF_DIR: yarn.hadoopConfDir }),
    // spark-submit reads job files from s3:// with these, and sends the list along to drivers and executors.
    ...(software.awsJars.length > 0 && { SPARK_DIST_CLASSPATH: software.awsJars.join(':') }),
    ...options.env,
  };
  const own = options.livyHome === undefined ? undefined : await livyScript(options.livyHome);
  return {
    name: 'livy',
    url: `http://127.0.0.1:${port}`,
    health: '/version',
    healthy: '',
    launch: {
      command: own ?? join(software.java.home, 'bin', 'java'),
      args:
        own !== undefined
          ? [] // without a word it stays in the foreground, as the process that we recorded
          : [
              ...jvm,
              '-cp',
              [conf, ...(yarn ? [yarn.hadoopConfDir] : []), ...software.livyJars].join(':'),
              'org.apache.livy.server.LivyServer',
            ],
      // Livy asks for its home to write its request log beside it.
      env: { ...env, ...(own === undefined ? { LIVY_HOME: layout.dir } : { LIVY_SERVER_JAVA_OPTS: jvm.join(' ') }) },
      cwd: work,
      log: join(logs, 'livy.log'),
    },
  };
}

async function livyScript(home: string): Promise<string> {
  const script = join(resolve(home), 'bin', 'livy-server');
  if ((await stat(script).catch(() => undefined))?.isFile() !== true) {
    throw new ConfigError(`There is no bin/livy-server in ${resolve(home)}`, { field: 'livyHome' });
  }
  return script;
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { log4j1, siteXml } from './conf.js';
import { type Layout, openModules, quickJvm, smallJvm } from './livy-server.js';
import type { InstanceOptions, ServerName } from './model.js';
import { freePorts } from './ports.js';
import type { ServerRecord } from './record.js';
import type { Software } from './software.js';
import { hadoopConf, sparkOnYarnConf, yarnPortNames, type YarnPorts } from './yarn-conf.js';

export interface YarnPlan {
  readonly layout: Layout;
  readonly software: Software;
  readonly options: InstanceOptions;
  /** More for `core-site.xml`: the file systems beside the local one. */
  readonly coreSite?: Readonly<Record<string, string>>;
  /** More for `yarn-site.xml`; the person's own settings win. */
  readonly yarnSite?: Readonly<Record<string, string>>;
}

export interface Yarn {
  readonly servers: ServerRecord[];
  /** Hadoop's configuration folder, for Livy and for spark-submit. */
  readonly hadoopConfDir: string;
  readonly sparkConf: Record<string, string>;
}

const classes = {
  resourcemanager: 'org.apache.hadoop.yarn.server.resourcemanager.ResourceManager',
  nodemanager: 'org.apache.hadoop.yarn.server.nodemanager.NodeManager',
  jobhistory: 'org.apache.hadoop.mapreduce.v2.hs.JobHistoryServer',
  'spark-history': 'org.apache.spark.deploy.history.HistoryServer',
} as const;

/** Writes the configuration of a YARN on this machine and says how its four servers are started. */
export async function planYarn({ layout, software, options, coreSite = {}, yarnSite = {} }: YarnPlan): Promise<Yarn> {
  const found = await freePorts(yarnPortNames.length);
  const ports = Object.fromEntries(yarnPortNames.map((name, index) => [name, found[index] ?? 0])) as YarnPorts;
  const dir = join(layout.dir, 'yarn');
  // A folder of its own: spark-submit sends all of it along with every job, and livy.conf is nobody else's business.
  const conf = join(layout.dir, 'hadoop-conf');
  for (const path of [conf, ...['tmp', 'events', 'staging', 'aggregated'].map((name) => join(dir, name))]) {
    await mkdir(path, { recursive: true });
  }
  const files = hadoopConf({
    ports,
    dir,
    recovery: options.yarnRecovery ?? true,
    memoryMb: options.yarnMemoryMb ?? 8_192,
    extra: { ...yarnSite, ...options.yarnConf },
    coreSite,
  });
  for (const [name, settings] of Object.entries(files)) {
    await writeFile(join(conf, `${name}.xml`), siteXml(settings), { mode: 0o600 });
  }
  await writeFile(join(conf, 'log4j.properties'), log4j1);

  const java = join(software.java.home, 'bin', 'java');
  const jvm = [...openModules(software.java.major), ...smallJvm, `-Djava.io.tmpdir=${layout.tmp}`];
  const env = { JAVA_HOME: software.java.home, HADOOP_CONF_DIR: conf, ...options.env };
  const server = (name: keyof typeof classes, port: number, health: string, healthy = ''): ServerRecord => ({
    name: name satisfies ServerName,
    url: `http://127.0.0.1:${port}`,
    health,
    healthy,
    launch: {
      command: java,
      args: [...jvm, '-cp', [conf, ...software.hadoopJars].join(':'), classes[name]],
      env,
      cwd: layout.tmp,
      log: join(layout.logs, `${name}.log`),
    },
  });
  const history = server('spark-history', ports.sparkHistoryWeb, '/api/v1/applications');
  const historyConf = {
    'spark.history.fs.logDirectory': `file://${dir}/events`,
    'spark.history.ui.port': String(ports.sparkHistoryWeb),
    'spark.history.fs.update.interval': '1s',
  };
  return {
    hadoopConfDir: conf,
    sparkConf: sparkOnYarnConf({ ports, dir, sparkHome: software.sparkHome, jvm: quickJvm }),
    servers: [
      // It answers while it still reads its state store, and knows no application then.
      server('resourcemanager', ports.resourceManagerWeb, '/ws/v1/cluster/info', '"haState":"ACTIVE"'),
      server('nodemanager', ports.nodeManagerWeb, '/ws/v1/node/info'),
      server('jobhistory', ports.jobHistoryWeb, '/ws/v1/history/info'),
      {
        ...history,
        launch: {
          ...history.launch,
          args: [
            ...jvm,
            ...Object.entries(historyConf).map(([key, value]) => `-D${key}=${value}`),
            ...['-cp', `${layout.conf}:${join(software.sparkHome, 'jars')}/*`, classes['spark-history']],
          ],
          // Where its page binds to; there is no setting for it.
          env: { ...env, SPARK_CONF_DIR: layout.conf, SPARK_LOCAL_IP: '127.0.0.1' },
        },
      },
    ],
  };
}

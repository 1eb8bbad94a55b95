import { MARK } from './process-id.js';

/** The ports that a YARN on one machine needs, each a free one. */
export const yarnPortNames = [
  'resourceManagerWeb',
  'resourceManager',
  'resourceTracker',
  'scheduler',
  'resourceManagerAdmin',
  'nodeManagerWeb',
  'nodeManager',
  'localizer',
  'jobHistoryWeb',
  'jobHistory',
  'jobHistoryAdmin',
  'sparkHistoryWeb',
] as const;
export type YarnPorts = Readonly<Record<(typeof yarnPortNames)[number], number>>;

export interface YarnConfOptions {
  readonly ports: YarnPorts;
  /** Where everything is kept that YARN writes. */
  readonly dir: string;
  /** Whether the ResourceManager finds its applications again after a restart. */
  readonly recovery: boolean;
  /** In MB. */
  readonly memoryMb: number;
  /** The person's own settings; they win. */
  readonly extra: Readonly<Record<string, string>>;
  /** More for `core-site.xml`. */
  readonly coreSite?: Readonly<Record<string, string>>;
}

const at = (port: number): string => `127.0.0.1:${port}`;

/** Hadoop's configuration files by name: EMR's shape, on one machine and without HDFS. */
export function hadoopConf(options: YarnConfOptions): Record<string, Record<string, string>> {
  const { ports, dir, recovery, memoryMb, extra, coreSite } = options;
  const core = { 'fs.defaultFS': 'file:///', 'hadoop.tmp.dir': `${dir}/tmp`, ...coreSite };
  const resourceManager = {
    'yarn.resourcemanager.hostname': '127.0.0.1',
    'yarn.resourcemanager.bind-host': '127.0.0.1',
    'yarn.resourcemanager.webapp.address': at(ports.resourceManagerWeb),
    'yarn.resourcemanager.address': at(ports.resourceManager),
    'yarn.resourcemanager.resource-tracker.address': at(ports.resourceTracker),
    'yarn.resourcemanager.scheduler.address': at(ports.scheduler),
    'yarn.resourcemanager.admin.address': at(ports.resourceManagerAdmin),
    'yarn.resourcemanager.recovery.enabled': String(recovery),
    'yarn.resourcemanager.store.class': 'org.apache.hadoop.yarn.server.resourcemanager.recovery.FileSystemRMStateStore',
    'yarn.resourcemanager.fs.state-store.uri': `file://${dir}/rm-state`,
    'yarn.scheduler.minimum-allocation-mb': '256',
    'yarn.scheduler.maximum-allocation-mb': String(memoryMb),
  };
  const nodeManager = {
    'yarn.nodemanager.hostname': '127.0.0.1',
    'yarn.nodemanager.bind-host': '127.0.0.1',
    'yarn.nodemanager.webapp.address': at(ports.nodeManagerWeb),
    'yarn.nodemanager.address': at(ports.nodeManager),
    'yarn.nodemanager.localizer.address': at(ports.localizer),
    'yarn.nodemanager.resource.memory-mb': String(memoryMb),
    'yarn.nodemanager.local-dirs': `${dir}/nm-local`,
    // Relative folders are taken, and then no log is ever found in them.
    'yarn.nodemanager.log-dirs': `${dir}/nm-logs`,
    // A disk that is 90 % full, as a laptop's often is, would make the node unhealthy and every job wait.
    'yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage': '99.9',
    'yarn.nodemanager.pmem-check-enabled': 'false',
    'yarn.nodemanager.vmem-check-enabled': 'false',
    'yarn.nodemanager.recovery.enabled': 'true',
    // Without this it stops its containers when it is stopped itself, recovery or not.
    'yarn.nodemanager.recovery.supervised': 'true',
    'yarn.nodemanager.recovery.dir': `${dir}/nm-recovery`,
    // The mark makes the containers findable: they leave the NodeManager's process group.
    'yarn.nodemanager.env-whitelist': `JAVA_HOME,PATH,LANG,LC_ALL,${MARK}`,
  };
  const logs = {
    'yarn.log-aggregation-enable': 'true',
    'yarn.nodemanager.remote-app-log-dir': `file://${dir}/aggregated`,
    'yarn.log.server.url': `http://${at(ports.jobHistoryWeb)}/jobhistory/logs`,
    'yarn.log.server.web-service.url': `http://${at(ports.jobHistoryWeb)}/ws/v1/history`,
  };
  const jobHistory = {
    'mapreduce.framework.name': 'yarn',
    'mapreduce.jobhistory.address': at(ports.jobHistory),
    'mapreduce.jobhistory.bind-host': '127.0.0.1',
    'mapreduce.jobhistory.webapp.address': at(ports.jobHistoryWeb),
    'mapreduce.jobhistory.admin.address': at(ports.jobHistoryAdmin),
    // By default in /tmp, where two instances would share it.
    'yarn.app.mapreduce.am.staging-dir': `${dir}/mapreduce`,
  };
  const scheduler = {
    'yarn.scheduler.capacity.root.queues': 'default',
    'yarn.scheduler.capacity.root.default.capacity': '100',
    'yarn.scheduler.capacity.maximum-am-resource-percent': '1.0',
  };
  const isOfQueues = ([name]: readonly [string, string]): boolean => name.startsWith('yarn.scheduler.capacity.');
  const own = Object.entries(extra);
  return {
    'core-site': core,
    'yarn-site': {
      ...resourceManager,
      ...nodeManager,
      ...logs,
      ...Object.fromEntries(own.filter((setting) => !isOfQueues(setting))),
    },
    'mapred-site': jobHistory,
    'capacity-scheduler': { ...scheduler, ...Object.fromEntries(own.filter(isOfQueues)) },
  };
}

/** What Spark needs to know to run on it, in cluster mode. */
export function sparkOnYarnConf(options: {
  readonly ports: YarnPorts;
  readonly dir: string;
  readonly sparkHome: string;
  /** Options for the JVMs of driver and executors. */
  readonly jvm: string;
}): Record<string, string> {
  const { ports, dir, sparkHome, jvm } = options;
  return {
    'spark.driver.memory': '512m',
    'spark.executor.memory': '512m',
    'spark.executor.cores': '1',
    'spark.executor.instances': '1',
    'spark.driver.extraJavaOptions': jvm,
    'spark.executor.extraJavaOptions': jvm,
    // The nodes have Spark already, for there is one machine: nothing of its 300 MB is copied for a job.
    'spark.yarn.jars': `local:${sparkHome}/jars/*`,
    'spark.yarn.stagingDir': `file://${dir}/staging`,
    'spark.yarn.appMasterEnv.SPARK_LOCAL_IP': '127.0.0.1',
    'spark.executorEnv.SPARK_LOCAL_IP': '127.0.0.1',
    'spark.eventLog.enabled': 'true',
    'spark.eventLog.dir': `file://${dir}/events`,
    'spark.yarn.historyServer.address': `http://${at(ports.sparkHistoryWeb)}`,
  };
}

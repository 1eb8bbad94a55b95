import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const opens = ['lang', 'util', 'io', 'net', 'nio'].flatMap((name) => [
  '--add-opens',
  `java.base/java.${name}=ALL-UNNAMED`,
]);
const classes = {
  rm: 'org.apache.hadoop.yarn.server.resourcemanager.ResourceManager',
  rm2: 'org.apache.hadoop.yarn.server.resourcemanager.ResourceManager',
  nm: 'org.apache.hadoop.yarn.server.nodemanager.NodeManager',
  history: 'org.apache.spark.deploy.history.HistoryServer',
} as const;
const log4j = `log4j.rootLogger=INFO,err
log4j.appender.err=org.apache.log4j.ConsoleAppender
log4j.appender.err.target=System.err
log4j.appender.err.layout=org.apache.log4j.PatternLayout
log4j.appender.err.layout.ConversionPattern=%d{ISO8601} %p %c{1}: %m%n
`;
type Server = keyof typeof classes;

/** A ResourceManager, a NodeManager and a Spark History Server on 127.0.0.1, for one recording. */
export class Cluster {
  readonly #folder: string;
  readonly #jars: string;
  readonly #sparkHome: string;
  readonly #running = new Map<Server, ChildProcess>();
  #ports: readonly number[] = [];

  constructor(folder: string, jars: string, sparkHome: string) {
    this.#folder = folder;
    this.#jars = jars;
    this.#sparkHome = sparkHome;
  }

  get conf(): string {
    return join(this.#folder, 'conf');
  }
  get classpath(): string {
    return `${this.conf}:${this.#jars}/*`;
  }
  get events(): string {
    return join(this.#folder, 'events');
  }
  url(server: 'rm' | 'rm2' | 'history'): string {
    return `http://127.0.0.1:${this.#port(server === 'rm' ? 0 : server === 'rm2' ? 1 : 2)}`;
  }

  async prepare(): Promise<void> {
    this.#ports = await freePorts(16);
    for (const name of ['conf', 'events', 'local', 'containers', 'logs', 'state']) {
      mkdirSync(join(this.#folder, name), { recursive: true });
    }
    writeFileSync(join(this.conf, 'log4j.properties'), log4j);
    this.configure({});
  }

  /** Writes the configuration that the next start reads: the ordinary one and these changes. */
  configure(changes: Readonly<Record<string, string>>): void {
    const at = (i: number) => `127.0.0.1:${this.#port(i)}`;
    const site = {
      'yarn.resourcemanager.hostname': '127.0.0.1',
      'yarn.resourcemanager.webapp.address': at(0),
      'yarn.resourcemanager.address': at(3),
      'yarn.resourcemanager.resource-tracker.address': at(4),
      'yarn.resourcemanager.scheduler.address': at(5),
      'yarn.resourcemanager.admin.address': at(6),
      'yarn.nodemanager.hostname': '127.0.0.1',
      'yarn.nodemanager.bind-host': '127.0.0.1',
      'yarn.nodemanager.address': at(7),
      'yarn.nodemanager.localizer.address': at(8),
      'yarn.nodemanager.webapp.address': at(9),
      'yarn.nodemanager.local-dirs': join(this.#folder, 'local'),
      'yarn.nodemanager.log-dirs': join(this.#folder, 'containers'),
      'yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage': '99.9',
      'yarn.nodemanager.pmem-check-enabled': 'false',
      'yarn.nodemanager.vmem-check-enabled': 'false',
      'yarn.nodemanager.resource.memory-mb': '6144',
      'yarn.scheduler.minimum-allocation-mb': '256',
      'yarn.resourcemanager.recovery.enabled': 'true',
      'yarn.resourcemanager.store.class':
        'org.apache.hadoop.yarn.server.resourcemanager.recovery.FileSystemRMStateStore',
      'yarn.resourcemanager.fs.state-store.uri': `file://${join(this.#folder, 'state')}`,
      'yarn.nodemanager.env-whitelist': 'JAVA_HOME,PATH',
      ...changes,
    };
    this.#write('yarn-site', site);
    this.#write('core-site', { 'fs.defaultFS': 'file:///', 'hadoop.tmp.dir': join(this.#folder, 'tmp') });
    this.#write('capacity-scheduler', {
      'yarn.scheduler.capacity.root.queues': 'default',
      'yarn.scheduler.capacity.root.default.capacity': '100',
      'yarn.scheduler.capacity.maximum-am-resource-percent': '1.0',
      // Who may administer a queue may see its applications: nobody, where the recording is about access.
      'yarn.scheduler.capacity.root.acl_administer_queue': ' ',
      'yarn.scheduler.capacity.root.default.acl_administer_queue': ' ',
    });
  }

  /** Two ResourceManagers, neither of them active until it is told to be. */
  highAvailability(): Record<string, string> {
    const at = (i: number) => `127.0.0.1:${this.#port(i)}`;
    return {
      'yarn.resourcemanager.ha.enabled': 'true',
      'yarn.resourcemanager.ha.automatic-failover.enabled': 'false',
      'yarn.resourcemanager.ha.rm-ids': 'rm1,rm2',
      'yarn.resourcemanager.cluster-id': 'recording',
      ...Object.fromEntries(
        [['rm1', 0, 3, 4, 5, 6] as const, ['rm2', 1, 10, 11, 12, 13] as const].flatMap(
          ([id, web, client, tracker, scheduler, admin]) => [
            [`yarn.resourcemanager.hostname.${id}`, '127.0.0.1'],
            [`yarn.resourcemanager.webapp.address.${id}`, at(web)],
            [`yarn.resourcemanager.address.${id}`, at(client)],
            [`yarn.resourcemanager.resource-tracker.address.${id}`, at(tracker)],
            [`yarn.resourcemanager.scheduler.address.${id}`, at(scheduler)],
            [`yarn.resourcemanager.admin.address.${id}`, at(admin)],
          ],
        ),
      ),
    };
  }

  start(server: Server): void {
    const log = openSync(join(this.#folder, 'logs', `${server}.log`), 'a');
    const classpath = server === 'history' ? `${this.#sparkHome}/jars/*` : this.classpath;
    const settings = {
      rm: [],
      rm2: [],
      nm: [],
      history: [
        `-Dspark.history.fs.logDirectory=file://${this.events}`,
        `-Dspark.history.ui.port=${this.#port(2)}`,
        '-Dspark.history.fs.update.interval=1s',
      ],
    }[server];
    const generic =
      server === 'rm' || server === 'rm2'
        ? ['-D', `yarn.resourcemanager.ha.id=${server === 'rm' ? 'rm1' : 'rm2'}`]
        : [];
    const child = spawn(
      'java',
      [
        '-Xmx384m',
        ...opens,
        `-Dhadoop.home.dir=${this.#folder}`,
        ...settings,
        '-cp',
        classpath,
        classes[server],
        ...generic,
      ],
      { stdio: ['ignore', log, log], env: { ...process.env, SPARK_LOCAL_IP: '127.0.0.1' } },
    );
    this.#running.set(server, child);
  }

  async stop(server: Server, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#running.get(server);
    if (!child || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
    this.#running.delete(server);
  }

  async stopAll(): Promise<void> {
    for (const server of [...this.#running.keys()]) await this.stop(server, 'SIGTERM');
  }

  /** Runs one of Hadoop's own commands to its end. */
  async hadoop(mainClass: string, args: readonly string[]): Promise<void> {
    const log = openSync(join(this.#folder, 'logs', 'hadoop.log'), 'a');
    const command = [...opens, '-cp', this.classpath, mainClass, ...args];
    const child = spawn('java', command, { stdio: ['ignore', log, log] });
    await once(child, 'exit');
  }

  async spark(script: string, settings: Readonly<Record<string, string>>, mode = 'cluster'): Promise<void> {
    const conf = {
      'spark.eventLog.enabled': 'true',
      'spark.eventLog.dir': `file://${this.events}`,
      'spark.yarn.jars': `local:${this.#sparkHome}/jars/*`,
      'spark.yarn.appMasterEnv.SPARK_LOCAL_IP': '127.0.0.1',
      'spark.executorEnv.SPARK_LOCAL_IP': '127.0.0.1',
      ...settings,
    };
    const flags = Object.entries(conf).flatMap(([key, value]) => ['--conf', `${key}=${value}`]);
    const sizes = ['--driver-memory', '512m', '--executor-memory', '512m', '--num-executors', '1'];
    const log = openSync(join(this.#folder, 'logs', 'spark.log'), 'a');
    const child = spawn(
      join(this.#sparkHome, 'bin/spark-submit'),
      ['--master', 'yarn', '--deploy-mode', mode, ...sizes, ...flags, script],
      {
        stdio: ['ignore', log, log],
        env: {
          ...process.env,
          HADOOP_CONF_DIR: this.conf,
          SPARK_HOME: this.#sparkHome,
          SPARK_LOCAL_IP: '127.0.0.1',
        },
      },
    );
    await once(child, 'exit');
  }

  #port(i: number): number {
    const port = this.#ports[i];
    if (port === undefined) throw new Error('prepare() was not called');
    return port;
  }

  #write(name: string, properties: Readonly<Record<string, string>>): void {
    const lines = Object.entries(properties).map(
      ([key, value]) => `<property><name>${key}</name><value>${value}</value></property>`,
    );
    writeFileSync(join(this.conf, `${name}.xml`), `<configuration>\n${lines.join('\n')}\n</configuration>\n`);
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return address.port;
  });
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

/** Asks again until the answer is as wanted. */
export async function until(
  what: string,
  is: () => Promise<boolean>,
  everyMs = 500,
  timeoutMs = 120_000,
): Promise<void> {
  for (let left = timeoutMs; left > 0; left -= everyMs) {
    if (await is().catch(() => false)) return;
    await sleep(everyMs);
  }
  throw new Error(`not reached: ${what}`);
}

import { randomUUID } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheRoot, down, type LocalInstance, type ProcessId, up } from '../../src/local/index.js';
import { log4j1 } from '../../src/local/conf.js';
import { openModules, smallJvm } from '../../src/local/livy-server.js';
import { freePorts } from '../../src/local/ports.js';
import { isAlive, stopMarked } from '../../src/local/process-id.js';
import { readRecord, type ServerRecord } from '../../src/local/record.js';
import { launch } from '../../src/local/server.js';
import { ensureSoftware, type Software } from '../../src/local/software.js';
import { within } from '../../src/local/within.js';

/** Two ResourceManagers of one cluster, as EMR's with high availability has them: ZooKeeper says which of them is active, and keeps what they know. */
export interface YarnPair {
  readonly instance: LocalInstance;
  /** Their web addresses. */
  readonly urls: readonly [string, string];
  /** The one that is active now; waits for it. */
  active(): Promise<string>;
  kill(url: string): Promise<void>;
  /** It comes back as a standby. */
  start(url: string): Promise<void>;
  close(): Promise<void>;
}

const SERVICES = ['', 'webapp.', 'scheduler.', 'resource-tracker.', 'admin.'] as const;
const keyOf = (service: string): string => `yarn.resourcemanager.${service}address`;

/** For so long a ResourceManager that was killed holds its place in ZooKeeper, in milliseconds. */
const SESSION_MS = 2_000;

export async function startYarnPair(folder: string): Promise<YarnPair> {
  const software = await ensureSoftware({
    cacheDir: cacheRoot(),
    livy: true,
    hadoop: true,
    aws: false,
    report: () => undefined,
  });
  const [zooKeeperPort = 0, ...others] = await freePorts(1 + SERVICES.length);
  const zooKeeper = await startZooKeeper(join(folder, 'zookeeper'), zooKeeperPort, software);
  const places = { stateDir: join(folder, 'state') };
  const close = async (): Promise<void> => {
    await down(places);
    await zooKeeper.stop();
  };
  try {
    const yarnConf = {
      'yarn.resourcemanager.ha.enabled': 'true',
      'yarn.resourcemanager.ha.id': 'rm1',
      'yarn.resourcemanager.ha.rm-ids': 'rm1,rm2',
      'yarn.resourcemanager.cluster-id': 'local',
      'yarn.resourcemanager.zk-address': `127.0.0.1:${zooKeeperPort}`,
      'hadoop.zk.address': `127.0.0.1:${zooKeeperPort}`,
      'hadoop.zk.timeout-ms': String(SESSION_MS),
      'yarn.resourcemanager.zk-timeout-ms': String(SESSION_MS),
      'yarn.resourcemanager.store.class': 'org.apache.hadoop.yarn.server.resourcemanager.recovery.ZKRMStateStore',
      // A failover is seen at once by whoever talks to them: by default they wait half a minute.
      'yarn.client.failover-sleep-base-ms': '200',
      'yarn.client.failover-sleep-max-ms': '1000',
      'yarn.resourcemanager.connect.retry-interval.ms': '1000',
      // The first one is where the instance puts its only one.
      ...Object.fromEntries(SERVICES.map((service) => [`${keyOf(service)}.rm1`, `\${${keyOf(service)}}`])),
      ...Object.fromEntries(SERVICES.map((service, i) => [`${keyOf(service)}.rm2`, `127.0.0.1:${others[i] ?? 0}`])),
    };
    const instance = await up({ ...places, yarn: true, yarnConf });
    const record = await readRecord(instance.dir);
    const first = record?.servers.find(({ name }) => name === 'resourcemanager');
    if (!record || !first) throw new Error('the instance has no ResourceManager');
    const second = await secondOf(first, `http://127.0.0.1:${others[1] ?? 0}`, join(instance.dir, 'hadoop-conf-2'));
    const running = new Map<string, ProcessId | undefined>([[first.url, first.process]]);
    const start = async (url: string): Promise<void> => {
      running.set(url, await launch(url === first.url ? first : second, record.token));
      await until(async () => (await haState(url)) !== undefined, `${url} does not answer`);
    };
    await start(second.url);
    return {
      instance,
      urls: [first.url, second.url],
      start,
      close,
      async active() {
        let found: string | undefined;
        await until(async () => {
          for (const url of [first.url, second.url]) if ((await haState(url)) === 'ACTIVE') found = url;
          return found !== undefined;
        }, 'no ResourceManager became active');
        return found ?? '';
      },
      async kill(url) {
        const id = running.get(url);
        if (!id) throw new Error(`${url} does not run`);
        process.kill(id.pid, 'SIGKILL');
        await until(async () => !(await isAlive(id)), `${url} lives on`);
        running.delete(url);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The same, under the other name and with its addresses. */
async function secondOf(first: ServerRecord, url: string, conf: string): Promise<ServerRecord> {
  const from = first.launch.env.HADOOP_CONF_DIR ?? '';
  await cp(from, conf, { recursive: true });
  const site = join(conf, 'yarn-site.xml');
  let text = await readFile(site, 'utf8');
  // A ResourceManager takes its own addresses for those of the pair: what the first one's refer to is filled in.
  for (const service of SERVICES) {
    const [, value = ''] = new RegExp(`<name>${keyOf(service)}</name>\\s*<value>([^<]*)</value>`).exec(text) ?? [];
    text = text.replaceAll(`\${${keyOf(service)}}`, value);
  }
  const named = /(<name>yarn\.resourcemanager\.ha\.id<\/name>\s*<value>)rm1/;
  await writeFile(site, text.replace(named, '$1rm2'));
  const { launch: how } = first;
  return {
    ...first,
    url,
    launch: {
      ...how,
      args: how.args.map((word) => word.replace(from, conf)),
      env: { ...how.env, HADOOP_CONF_DIR: conf },
      log: how.log.replace(/\.log$/, '-2.log'),
    },
  };
}

async function startZooKeeper(dir: string, port: number, { java, hadoopJars }: Software) {
  await mkdir(join(dir, 'data'), { recursive: true });
  await writeFile(join(dir, 'log4j.properties'), log4j1);
  const settings = {
    dataDir: join(dir, 'data'),
    clientPort: port,
    clientPortAddress: '127.0.0.1',
    tickTime: SESSION_MS / 4,
    'admin.enableServer': false,
  };
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}\n`);
  await writeFile(join(dir, 'zoo.cfg'), lines.join(''));
  const token = randomUUID();
  const classPath = [dir, ...hadoopJars].join(':');
  const main = 'org.apache.zookeeper.server.ZooKeeperServerMain';
  const record: ServerRecord = {
    name: 'resourcemanager', // of those that an instance knows; it is none of them
    url: '',
    health: '',
    healthy: '',
    launch: {
      command: join(java.home, 'bin', 'java'),
      args: [...openModules(java.major), ...smallJvm, '-cp', classPath, main, join(dir, 'zoo.cfg')],
      env: {},
      cwd: dir,
      log: join(dir, 'zookeeper.log'),
    },
  };
  await launch(record, token);
  await until(() => isListening(port), 'ZooKeeper does not answer');
  return { stop: () => stopMarked(token, 0) };
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });

async function haState(url: string): Promise<string | undefined> {
  return within(2_000, async (signal) => {
    const answer = await fetch(`${url}/ws/v1/cluster/info`, {
      redirect: 'manual',
      signal,
      headers: { accept: 'application/json' },
    });
    const { clusterInfo } = (await answer.json()) as { clusterInfo?: { haState?: string } };
    return clusterInfo?.haState;
  }).catch(() => undefined);
}

async function until(is: () => Promise<boolean>, otherwise: string): Promise<void> {
  const end = Date.now() + 120_000;
  while (!(await is())) {
    if (Date.now() > end) throw new Error(otherwise);
    await delay(250);
  }
}

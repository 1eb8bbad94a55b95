import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { Cluster, until } from '../../scripts/record-yarn/cluster.js';

const App = z.object({
  app: z.object({
    state: z.string(),
    finalStatus: z.string(),
    diagnostics: z.string().default(''),
    runningContainers: z.number().default(0),
  }),
});

const capacity = 'yarn.scheduler.capacity';
/** Small queues that can be full, and one that may take from the others. */
const queues = {
  'maximum-am-resource-percent': '1.0',
  'root.queues': 'default,tiny,adhoc,prod,team',
  'root.default.capacity': '30',
  'root.default.maximum-capacity': '100',
  'root.default.minimum-user-limit-percent': '100',
  'root.default.user-limit-factor': '10',
  'root.tiny.capacity': '10',
  'root.tiny.maximum-capacity': '50',
  'root.tiny.maximum-applications': '1',
  'root.tiny.user-limit-factor': '10',
  'root.adhoc.capacity': '10',
  'root.adhoc.maximum-capacity': '100',
  'root.adhoc.user-limit-factor': '10',
  'root.prod.capacity': '40',
  'root.prod.maximum-capacity': '100',
  'root.prod.user-limit-factor': '10',
  'root.team.capacity': '10',
  'root.team.queues': 'etl,stopped',
  'root.team.etl.capacity': '50',
  'root.team.stopped.capacity': '50',
  'root.team.stopped.state': 'STOPPED',
};
const site = {
  'yarn.nodemanager.pmem-check-enabled': 'true',
  // Otherwise the NodeManager leaves it to cgroups, and without them nobody watches.
  'yarn.nodemanager.resource.memory.enforced': 'false',
  'yarn.nodemanager.resource.memory-mb': '8192',
  'yarn.nodemanager.container-monitor.interval-ms': '500',
  'yarn.resourcemanager.scheduler.monitor.enable': 'true',
  'yarn.resourcemanager.scheduler.monitor.policies':
    'org.apache.hadoop.yarn.server.resourcemanager.monitor.capacity.ProportionalCapacityPreemptionPolicy',
  'yarn.resourcemanager.monitor.capacity.preemption.monitoring_interval': '1000',
  'yarn.resourcemanager.monitor.capacity.preemption.max_wait_before_kill': '2000',
  'yarn.resourcemanager.monitor.capacity.preemption.total_preemption_per_round': '1.0',
  'yarn.resourcemanager.monitor.capacity.preemption.natural_termination_factor': '1.0',
};

/** A YARN of the recorder's own, where memory is watched, queues are small and preemption is on. */
export class Yarn {
  readonly #cluster: Cluster;

  constructor(
    readonly folder: string,
    jars: string,
    sparkHome: string,
  ) {
    this.#cluster = new Cluster(folder, jars, sparkHome);
  }

  get conf(): string {
    return this.#cluster.conf;
  }

  async start(): Promise<void> {
    await this.#cluster.prepare();
    this.#cluster.configure(site);
    const properties = Object.entries(queues).map(
      ([key, value]) => `<property><name>${capacity}.${key}</name><value>${value}</value></property>`,
    );
    writeFileSync(
      join(this.conf, 'capacity-scheduler.xml'),
      `<configuration>\n${properties.join('\n')}\n</configuration>\n`,
    );
    this.#cluster.start('rm');
    this.#cluster.start('nm');
    await until('a node', async () => {
      const answer = await fetch(`${this.#cluster.url('rm')}/ws/v1/cluster/metrics`);
      return (await answer.text()).includes('"activeNodes":1');
    });
  }

  stop = (): Promise<void> => this.#cluster.stopAll();

  async app(id: string): Promise<z.infer<typeof App>['app']> {
    const answer = await fetch(`${this.#cluster.url('rm')}/ws/v1/cluster/apps/${id}`, {
      headers: { Accept: 'application/json' },
    });
    const unknown = { state: '', finalStatus: 'UNDEFINED', diagnostics: '', runningContainers: 0 };
    return answer.ok ? App.parse(await answer.json()).app : unknown;
  }

  async kill(id: string): Promise<void> {
    await fetch(`${this.#cluster.url('rm')}/ws/v1/cluster/apps/${id}/state?user.name=etl`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ state: 'KILLED' }),
    });
  }

  /** What the driver's container wrote, of the last attempt; `undefined` where no container was started. */
  driverLog(id: string, stream: 'stdout' | 'stderr'): string | undefined {
    const folder = join(this.folder, 'containers', id);
    const masters = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('_000001')) : [];
    const last = masters.sort().at(-1);
    const file = join(folder, last ?? '', stream);
    return last !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }
}

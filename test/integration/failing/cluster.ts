import { setTimeout as sleep } from 'node:timers/promises';
import type { UpOptions } from '../../../src/local/index.js';

const queue = (name: string): string => `yarn.scheduler.capacity.root.${name}`;

/** A YARN that does what ours on one machine leaves out: it kills what uses too much memory, has queues that fill up, and preempts. */
export const strictYarn: Pick<UpOptions, 'yarn' | 'yarnMemoryMb' | 'yarnConf'> = {
  yarn: true,
  yarnMemoryMb: 6_144,
  yarnConf: {
    'yarn.nodemanager.pmem-check-enabled': 'true',
    // On by default, and then it leaves the killing to cgroups, whether there are any or not (Hadoop 3.3).
    'yarn.nodemanager.resource.memory.enforced': 'false',
    'yarn.nodemanager.container-monitor.interval-ms': '500',
    'yarn.scheduler.capacity.root.queues': 'default,urgent,single',
    [`${queue('default')}.capacity`]: '40',
    [`${queue('default')}.maximum-capacity`]: '100',
    [`${queue('urgent')}.capacity`]: '55',
    [`${queue('urgent')}.maximum-capacity`]: '100',
    [`${queue('single')}.capacity`]: '5',
    [`${queue('single')}.maximum-capacity`]: '100',
    [`${queue('single')}.maximum-applications`]: '1',
    // A user may have more than his queue's share, as long as nobody else wants it.
    ...Object.fromEntries(['default', 'urgent', 'single'].map((name) => [`${queue(name)}.user-limit-factor`, '20'])),
    'yarn.resourcemanager.scheduler.monitor.enable': 'true',
    'yarn.resourcemanager.monitor.capacity.preemption.monitoring_interval': '500',
    'yarn.resourcemanager.monitor.capacity.preemption.max_wait_before_kill': '500',
    'yarn.resourcemanager.monitor.capacity.preemption.total_preemption_per_round': '1.0',
    'yarn.resourcemanager.monitor.capacity.preemption.natural_termination_factor': '1.0',
  },
};

/** YARN's REST API, as far as staging a failure needs it. */
export class YarnRest {
  readonly #url: string;
  constructor(url: string) {
    this.#url = url;
  }

  async ask<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.#url}/ws/v1/cluster${path}`, { headers: { Accept: 'application/json' } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** What anybody with the right to do so does with `yarn application -kill`. */
  async kill(appId: string): Promise<void> {
    const answer = await fetch(`${this.#url}/ws/v1/cluster/apps/${appId}/state`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ state: 'KILLED' }),
    });
    await answer.text();
  }

  /** Waits until an application with this tag runs, and its driver has got somewhere. */
  async running(tag: string, executors = 1): Promise<string> {
    for (const until = Date.now() + 300_000; Date.now() < until;) {
      const { apps } = await this.ask<AppsAnswer>(`/apps?applicationTags=${tag.toLowerCase()}`);
      const app = apps?.app?.[0];
      if (app?.state === 'RUNNING' && app.runningContainers > executors) return app.id;
      await sleep(500);
    }
    throw new Error(`no application with the tag ${tag} came to run`);
  }
}

interface AppsAnswer {
  readonly apps?: { readonly app?: readonly { id: string; state: string; runningContainers: number }[] } | null;
}

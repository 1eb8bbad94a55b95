/** What people write first: a POST with retries, then a poll until the end or a 404. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Actor, REQUEST_TIMEOUT_MS, specOf } from './actor.js';
import type { ChaosEvent } from './plan.js';
import { PlainClient } from './plain-client.js';
import type { FaultSchedule } from './schedule.js';
import type { KeyStory } from './verdict.js';
import type { World } from './world.js';

export class PlainActor implements Actor {
  readonly processes = 0;
  readonly #world: World;
  readonly #schedule: FaultSchedule;
  readonly #extra = new Set<Promise<void>>();

  constructor(world: World, schedule: FaultSchedule) {
    this.#world = world;
    this.#schedule = schedule;
  }

  async drive(story: KeyStory): Promise<void> {
    const { event } = story.plan;
    if (event) this.#extra.add(this.#happen(event));
    const tag = story.tag(1);
    const client = new PlainClient(this.#world.urls.livy, tag, REQUEST_TIMEOUT_MS);
    const kind = await client.run({ ...specOf(story.plan), conf: { 'spark.yarn.tags': tag } });
    story.said.push({ attempt: 1, kind, atMs: Date.now(), evidence: client.heard, notes: [] });
    story.isOpen = false;
  }

  async settle(): Promise<void> {
    await Promise.all(this.#extra);
  }
  async close(): Promise<void> {
    // It holds nothing open.
  }

  async #happen({ kind, afterMs, forMs }: ChaosEvent): Promise<void> {
    await delay(afterMs);
    if (kind === 'livy-killed' && (await this.#world.killLivy())) this.#schedule.count(kind);
    if (kind === 'livy-unreachable') {
      await this.#world.cutLivy(forMs);
      this.#schedule.count(kind);
    }
  }
}

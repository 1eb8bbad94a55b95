/** Livywire's side of a trial: processes of our own that submit, are killed, stopped and rivalled. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Waits } from '../../src/run/index.js';
import { type Actor, keyOf, REQUEST_TIMEOUT_MS, specOf } from './actor.js';
import { type ChaosEvent, type EventKind } from './plan.js';
import { pursue } from './pursuit.js';
import { type FaultSchedule, random } from './schedule.js';
import { type RunOrder, type Submitter, Submitters } from './submitters.js';
import type { KeyStory } from './verdict.js';
import type { World } from './world.js';

/** Livywire's time goes so much faster than the servers': 60 s to settle are 10 s of the test. */
export const SPEED = 6;
/** Processes to which nothing happens. */
const SPARED = 2;
/** A key that has no outcome by then is given up, in milliseconds of real time: on a busy machine much takes long. */
const KEY_LIMIT_MS = 1_800_000;
/** What happens to a process and its keys alone. */
const EXPOSING: readonly EventKind[] = ['submitter-killed', 'submitter-stopped', 'clock-jump'];

export interface LivywireTrial {
  readonly seed: number;
  /** Of the ledger. */
  readonly space: string;
  readonly waits?: Partial<Waits> | undefined;
}

export class LivywireActor implements Actor {
  readonly #submitters: Submitters;
  readonly #world: World;
  readonly #schedule: FaultSchedule;
  readonly #stories = new Map<string, KeyStory>();
  readonly #extra = new Set<Promise<void>>();

  private constructor(submitters: Submitters, world: World, schedule: FaultSchedule) {
    this.#submitters = submitters;
    this.#world = world;
    this.#schedule = schedule;
  }

  static async start(
    world: World,
    schedule: FaultSchedule,
    { seed, space, waits }: LivywireTrial,
  ): Promise<LivywireActor> {
    const ledger = join(world.folder, space);
    await mkdir(ledger, { mode: 0o700 });
    // Its namespace is part of every name: given, so that a seed makes the same names again.
    await writeFile(join(ledger, 'ledger.json'), JSON.stringify({ v: 1, namespace: space }), { mode: 0o600 });
    const settings = {
      ...world.urls,
      ledger,
      speed: SPEED,
      epochMs: Date.now(),
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      // The other waits are those that livywire is shipped with.
      waits: { postTimeoutMs: REQUEST_TIMEOUT_MS, outageMs: 120_000, ...waits },
    };
    const submitters = new Submitters(world.submitter, settings, random(seed + 1));
    await submitters.start(SPARED);
    return new LivywireActor(submitters, world, schedule);
  }

  get processes(): number {
    return this.#submitters.started;
  }

  async drive(story: KeyStory): Promise<void> {
    const { event } = story.plan;
    const isExposed = event !== undefined && EXPOSING.includes(event.kind);
    const first = await (isExposed ? this.#submitters.pickExposed() : this.#submitters.pick());
    this.#stories.set(keyOf(story.index), story);
    if (event) this.#also(this.#happen(story, event, first));
    await this.#follow(story, first);
  }

  async settle(): Promise<void> {
    while (this.#extra.size > 0) await Promise.all(this.#extra);
  }
  close(): Promise<void> {
    return this.#submitters.close();
  }

  #also(work: Promise<void>): void {
    this.#extra.add(work);
    void work.finally(() => this.#extra.delete(work)).catch(() => undefined);
  }

  #follow(story: KeyStory, first: Submitter): Promise<void> {
    const { plan, index } = story;
    const order: RunOrder = { key: keyOf(index), spec: specOf(plan), cancelAfterMs: plan.cancelAfterMs };
    return pursue(story, first, {
      submitters: this.#submitters,
      order,
      retries: plan.retries,
      limitMs: KEY_LIMIT_MS,
      lostTries: 4,
      // A YARN that was started since, or did not answer when the job was sent, proves no absence: somebody has to say
      // that it may be sent again. A second application beside the first is one too many all the same.
      mayForce: (told) => told.includes('may have forgotten') || told.includes("not known by YARN's clock"),
    });
  }

  async #happen(story: KeyStory, { kind, afterMs, forMs, jumpMs }: ChaosEvent, first: Submitter): Promise<void> {
    await delay(afterMs);
    const hit = first.keys.map((key) => this.#stories.get(key)!);
    const world = this.#world;
    const isDone = async (): Promise<boolean> => {
      switch (kind) {
        case 'submitter-killed':
          if (!first.isAtWork) return false;
          await this.#submitters.kill(first); // its keys go on elsewhere by themselves
          return true;
        case 'submitter-stopped': {
          if (!first.isAtWork) return false;
          const stopped = first.stop(forMs * 2);
          // Others take them for dead, and go on with the same keys while it sleeps.
          for (const one of hit) this.#also(this.#submitters.pick(first).then((other) => this.#follow(one, other)));
          await stopped;
          return true;
        }
        case 'rival-submitter':
          await this.#follow(story, await this.#submitters.pick(first));
          return true;
        case 'clock-jump':
          first.setClock(jumpMs);
          return true;
        case 'livy-killed':
          return world.killLivy();
        case 'livy-unreachable':
          await world.cutLivy(forMs);
          return true;
        case 'yarn-unreachable':
          await world.cutYarn(forMs);
          return true;
        case 'yarn-recovering':
        case 'yarn-forgets':
          for (const one of this.#stories.values()) if (one.isOpen) one.affliction.seen.add(kind);
          return world.restartYarn(forMs, { forgets: kind === 'yarn-forgets' });
      }
    };
    if (await isDone()) this.#schedule.count(kind);
    if (EXPOSING.includes(kind)) for (const one of hit) one.affliction.seen.add(kind);
  }
}

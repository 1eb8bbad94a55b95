/** Many keys at once through the faults of their plans, by livywire or by a plain client, and what came of each. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { JobSpec } from '../../src/core/index.js';
import { attemptName, type Waits } from '../../src/run/index.js';
import { type ChaosEvent, type FaultKind, type KeyPlan, otherFaults } from './plan.js';
import { PlainClient } from './plain-client.js';
import { Affliction, FaultSchedule, random } from './schedule.js';
import { newTale, pursue, type Tale } from './pursuit.js';
import { type RunOrder, type Submitter, Submitters } from './submitters.js';
import { judge, type Verdict } from './verdict.js';
import type { World } from './world.js';

/** Livywire's time goes so much faster than the servers': 60 s to settle are 10 s of the test. */
const SPEED = 6;
/** Between the first submits, in milliseconds: not all at the same door in the same instant. */
const RAMP_MS = 150;
/** Keys at a time: what two cores bear. */
const DEFAULT_AT_ONCE = 60;
/** So many keys share the fate of one submitter process. */
const KEYS_PER_PROCESS = 20;
const REQUEST_TIMEOUT_MS = 1_500;
/** A key that has no outcome by then is given up, in milliseconds of real time. */
const KEY_LIMIT_MS = 600_000;
/** A request held up, and then a slow spark-submit: what is sent twice shows within this time. */
const LAST_SURFACE_MS = 9_000;

/** One key and all that became of it. */
export interface KeyStory extends Tale {
  readonly index: number;
  readonly plan: KeyPlan;
  /** The tag of attempt n. */
  readonly tag: (attempt: number) => string;
  readonly affliction: Affliction;
  /** When it was first submitted, milliseconds since the epoch. */
  startMs: number;
  /** From there to the last word about it, in milliseconds of real time. */
  tookMs: number;
}

export interface TrialOptions {
  readonly seed: number;
  readonly client: 'livywire' | 'plain';
  /** Keys at a time. @defaultValue `60` */
  readonly atOnce?: number;
  /** Livywire's own waits. @defaultValue those it is shipped with, but for 120 s of outage */
  readonly waits?: Partial<Waits>;
  readonly say?: (line: string) => void;
}

export interface TrialResult {
  readonly verdicts: readonly Verdict[];
  /** How often each fault struck. */
  readonly counts: ReadonlyMap<FaultKind, number>;
}

const specOf = ({ surfaceMs, lifeMs, end, launcher }: KeyPlan): JobSpec => ({
  file: 's3://jobs/chaos.py',
  args: [`surface=${surfaceMs / 1_000}`, `life=${lifeMs / 1_000}`, `end=${end}`, `launcher=${launcher}`],
});

let trials = 0;

export async function trial(world: World, plans: readonly KeyPlan[], options: TrialOptions): Promise<TrialResult> {
  const { seed, client, atOnce = DEFAULT_AT_ONCE, say = () => undefined } = options;
  const space = `chaos-${seed}-${client}-${++trials}`;
  const schedule = new FaultSchedule(seed, (appId) => world.book.tagsOf(appId)[0]);
  const stories = plans.map((plan, index): KeyStory => {
    const affliction = new Affliction(plan);
    for (const kind of otherFaults(plan)) if (client === 'livywire' || isForPlain(kind)) affliction.seen.add(kind);
    const tag = (attempt: number) =>
      client === 'plain' ? `${space}-${index}-${attempt}` : attemptName(space, keyOf(index), attempt);
    schedule.add(client === 'plain' ? tag(1) : tag(1).replace(/-a1$/, ''), affliction);
    return { ...newTale(), index, plan, tag, affliction, startMs: 0, tookMs: 0 };
  });
  world.follow(schedule);
  const actor =
    client === 'plain' ? new PlainActor(world, schedule) : await LivywireActor.start(world, schedule, space, options);
  try {
    let done = 0;
    const queue = [...stories];
    const lane = async (): Promise<void> => {
      for (let story = queue.shift(); story; story = queue.shift()) {
        story.startMs = Date.now();
        await actor.drive(story);
        story.tookMs = Date.now() - story.startMs;
        if (++done % 50 === 0) say(`${client}: ${done} of ${stories.length} keys`);
        if (done > stories.length * 0.9) schedule.isHealed = true;
      }
    };
    const lanes = Array.from({ length: Math.min(atOnce, stories.length) }, async (_, n) => {
      await delay(n * RAMP_MS);
      await lane();
    });
    await Promise.all(lanes);
    await actor.settle();
    await delay(LAST_SURFACE_MS);
  } finally {
    await actor.close();
  }
  return {
    verdicts: stories.map((story) => judge(story, world.book, client === 'plain' ? 1 : SPEED)),
    counts: schedule.counts,
  };
}

/** Its process is spared: it keeps nothing, so whoever goes on in its place can only send again. */
const isForPlain = (kind: FaultKind): boolean => /^(livy|launcher)-/.test(kind);

const keyOf = (index: number): string => `key ${index}`;

interface Actor {
  drive(story: KeyStory): Promise<void>;
  /** Resolves when nothing is under way any more. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** Submits by processes of our own, which are killed and stopped. */
class LivywireActor implements Actor {
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
    space: string,
    options: TrialOptions,
  ): Promise<LivywireActor> {
    const ledger = join(world.folder, space);
    await mkdir(ledger, { mode: 0o700 });
    // Its namespace is part of every name: given, so that a seed makes the same names again.
    await writeFile(join(ledger, 'ledger.json'), JSON.stringify({ v: 1, namespace: space }), { mode: 0o600 });
    const submitters = new Submitters(
      {
        ...world.urls,
        ledger,
        speed: SPEED,
        epochMs: Date.now(),
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
        // The other waits are those that livywire is shipped with.
        waits: { postTimeoutMs: REQUEST_TIMEOUT_MS, outageMs: 120_000, ...options.waits },
      },
      random(options.seed + 1),
    );
    const { atOnce = DEFAULT_AT_ONCE } = options;
    await submitters.start(Math.max(3, Math.round(atOnce / KEYS_PER_PROCESS)));
    return new LivywireActor(submitters, world, schedule);
  }

  async drive(story: KeyStory): Promise<void> {
    const first = await this.#submitters.pick();
    const { event } = story.plan;
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
    if (kind.startsWith('submitter')) for (const one of hit) one.affliction.seen.add(kind);
  }
}

/** What people write first: a POST with retries, then a poll until the end or a 404. */
class PlainActor implements Actor {
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

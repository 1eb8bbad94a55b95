/** Many keys at once through the faults of their plans, by livywire or by a plain client, and what came of each. */
import { execFileSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { attemptName, type Waits } from '../../src/run/index.js';
import { keyOf } from './actor.js';
import type { Launch } from './app-book.js';
import { LivywireActor, SPEED } from './livywire-actor.js';
import { type FaultKind, type KeyPlan, otherFaults } from './plan.js';
import { PlainActor } from './plain-actor.js';
import { newTale } from './pursuit.js';
import { Affliction, FaultSchedule } from './schedule.js';
import { judge, type KeyStory, type Verdict } from './verdict.js';
import type { World } from './world.js';

/** Between two first submits, in milliseconds: not all at the same door in the same instant. */
const RAMP_MS = 80;
/** Keys at a time: what two cores bear. */
const DEFAULT_AT_ONCE = 120;
/** Where timers come so late, the servers' answers do too: no more keys begin then, in milliseconds. */
const MOST_LATE_MS = 60;
const FEWEST_AT_ONCE = 20;
/** A request held up by a proxy arrives within this time. */
const LAST_REQUEST_MS = 4_000;
/** Between the launch of a `spark-submit` and YARN's next look for what it started. */
const TAKEN_IN_MS = 1_000;
/** A `spark-submit` that has not come to YARN by then is reported. */
const LAST_LAUNCH_MS = 120_000;

export interface TrialOptions {
  readonly seed: number;
  readonly client: 'livywire' | 'plain';
  /** Keys at a time. @defaultValue `120`, those of other trials in the same world counted in */
  readonly atOnce?: number;
  /** Livywire's own waits. @defaultValue those it is shipped with, but for 120 s of outage */
  readonly waits?: Partial<Waits>;
  readonly say?: (line: string) => void;
  /** Called when the last key has begun: another trial may begin in the same world. */
  readonly onLast?: () => void;
}

export interface TrialResult {
  readonly verdicts: readonly Verdict[];
  /** How often each fault struck. */
  readonly counts: ReadonlyMap<FaultKind, number>;
  /** Applications that are no key's: without a tag, or with one that nobody here gave out. */
  readonly strangers: readonly string[];
  /** Submitter processes that were started. */
  readonly processes: number;
}

let trials = 0;

export async function trial(world: World, plans: readonly KeyPlan[], options: TrialOptions): Promise<TrialResult> {
  const { seed, client, atOnce = DEFAULT_AT_ONCE, waits, say = () => undefined, onLast } = options;
  const space = `chaos-${seed}-${client}-${++trials}`;
  const startMs = Date.now();
  const schedule = new FaultSchedule(seed, (appId) => world.book.tagsOf(appId)[0]);
  const names = new Set<string>();
  const stories = plans.map((plan, index): KeyStory => {
    const affliction = new Affliction(plan);
    for (const kind of otherFaults(plan)) if (client === 'livywire' || isForPlain(kind)) affliction.seen.add(kind);
    const tag = (attempt: number) =>
      client === 'plain' ? `${space}-${index}-${attempt}` : attemptName(space, keyOf(index), attempt);
    schedule.add(client === 'plain' ? tag(1) : nameOf(tag(1)), affliction);
    world.book.expect(nameOf(tag(1)));
    names.add(nameOf(tag(1)));
    return { ...newTale(), index, plan, tag, affliction, startMs: 0, tookMs: 0 };
  });
  const unfollow = world.follow(schedule);
  const actor =
    client === 'plain'
      ? new PlainActor(world, schedule)
      : await LivywireActor.start(world, schedule, { seed, space, waits });
  try {
    let done = 0;
    const one = async (story: KeyStory): Promise<void> => {
      world.keysUnderWay++;
      story.startMs = Date.now();
      await actor.drive(story);
      world.keysUnderWay--;
      story.tookMs = Date.now() - story.startMs;
      if (++done % 50 === 0) say(`${client}: ${done} of ${stories.length} keys`);
      if (done > stories.length * 0.9) schedule.isHealed = true;
    };
    const begun: Promise<void>[] = [];
    const pace = new Ramp();
    const isRoom = (): boolean =>
      world.keysUnderWay < atOnce && (pace.lateMs < MOST_LATE_MS || world.keysUnderWay < FEWEST_AT_ONCE);
    for (const story of stories) {
      while (!isRoom()) await pace.pause();
      const work = one(story);
      work.catch(() => undefined); // it is heard below, with the others
      begun.push(work);
      await pace.pause();
    }
    onLast?.();
    await Promise.all(begun);
    await actor.settle();
    await allCame(world, (tag) => names.has(nameOf(tag)));
  } finally {
    await actor.close();
    unfollow();
  }
  return {
    verdicts: stories.map((story) => judge(story, world.book, client === 'plain' ? 1 : SPEED)),
    counts: schedule.counts,
    processes: actor.processes,
    strangers: world.book.strangers
      .filter(({ startedMs: cameMs }) => cameMs >= startMs)
      .map(({ id, tags }) => `${id} under ${tags.join() === '' ? 'no tag' : tags.join()}`),
  };
}

/** Pauses between two keys, and how late they end of late, which tells how busy the machine is. */
class Ramp {
  lateMs = 0;

  async pause(): Promise<void> {
    const start = performance.now();
    await delay(RAMP_MS);
    this.lateMs = 0.9 * this.lateMs + 0.1 * (performance.now() - start - RAMP_MS);
  }
}

/** Its process is spared: it keeps nothing, so whoever goes on in its place can only send again. */
const isForPlain = (kind: FaultKind): boolean => /^(livy|launcher)-/.test(kind);

/** What is still under way when all is said would be one too many: it is waited for. */
async function allCame({ book }: World, isOurs: (tag: string) => boolean): Promise<void> {
  await delay(LAST_REQUEST_MS);
  const limit = Date.now() + LAST_LAUNCH_MS;
  const isComing = ({ app, pid, tag, atMs }: Launch): boolean =>
    !app && isOurs(tag) && (Date.now() - atMs < TAKEN_IN_MS || isAlive(pid, tag));
  do {
    await delay(TAKEN_IN_MS);
    if (Date.now() > limit) throw new Error('a spark-submit has not come to YARN within two minutes');
  } while (book.launches.some(isComing));
}

/** The number of a process is given again: what it runs is looked at, too. */
function isAlive(pid: number, tag: string): boolean {
  try {
    process.kill(pid, 0);
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes(tag);
  } catch {
    return false;
  }
}

/** A tag without the number of its attempt. */
const nameOf = (tag: string): string => tag.replace(/-a?\d+$/, '');

/** What was said of a key, held against what truly ran. */
import type { App, AppBook, TrueEnd } from './app-book.js';
import { excusesOf, seenBy } from './excuses.js';
import type { FaultKind, KeyPlan } from './plan.js';
import type { Said, Tale } from './pursuit.js';
import type { Affliction } from './schedule.js';

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

/** What the oracle asks of the book. */
export type Truth = Pick<
  AppBook,
  'ranUnder' | 'launchedUnder' | 'yarnRestarts' | 'yarnTroubles' | 'livyRestarts' | 'livyTroubles' | 'endedBetween'
>;

export interface Verdict {
  readonly index: number;
  readonly faults: readonly FaultKind[];
  /** Applications beyond the first, over all attempts. */
  readonly duplicates: number;
  /** No outcome, or `lost` without YARN having lost the truth. */
  readonly isLost: boolean;
  /** An outcome that is not the true end, or one that was said before there was an end. */
  readonly isWrong: boolean;
  /** Said to be lost while faults lasted, and found again. */
  readonly wasLostAtFirst: boolean;
  /** Said to be lost for good, and rightly: YARN was restarted, and took the truth or the proof of it along. */
  readonly isForgotten: boolean;
  /** Somebody had to say `--force-resend`. */
  readonly isForced: boolean;
  /** Livy lost its memory while a `spark-submit` took longer than the settle time: outside the promise. */
  readonly isBeyond: boolean;
  /** Errors that its submitters came back with, by name. */
  readonly errors: readonly string[];
  /** From the true end of each attempt to the word that it was over, in milliseconds of the client's time. */
  readonly delaysMs: readonly number[];
  /** From the first submit to the last word, in milliseconds of real time. */
  readonly tookMs: number;
  /** What is not as it should be, in words. */
  readonly problems: readonly string[];
}

const KIND_OF: Readonly<Record<TrueEnd, string>> = { SUCCEEDED: 'succeeded', FAILED: 'failed', KILLED: 'cancelled' };
/** So many attempts beyond those that were heard of are looked for. */
const UNHEARD = 3;
/** What happened so long before the first submit may still matter, in milliseconds. */
const NEAR_MS = 60_000;

export function judge(story: KeyStory, truth: Truth, speed: number): Verdict {
  const { said, errors, plan, isOpen, affliction, index, forced } = story;
  const heard = Math.max(1, ...said.map(({ attempt }) => attempt));
  const problems: string[] = [];
  const delaysMs: number[] = [];
  let [duplicates, isWrong, isBeyond] = [0, false, false];
  const excuses = excusesOf(story, truth);
  for (let attempt = 1; attempt <= heard + UNHEARD; attempt++) {
    const apps = truth.ranUnder(story.tag(attempt));
    if (attempt > heard) {
      // Whoever began it has told nobody, and nobody asked for it.
      duplicates += apps.length;
      if (apps.length > 0) problems.push(`nobody heard of attempt ${attempt}, and it ran (${livesOf(story, apps)})`);
      continue;
    }
    if (wasKilledUnasked(apps, plan)) {
      isWrong = true;
      problems.push(`attempt ${attempt} was killed, and nobody had asked for that (${livesOf(story, apps)})`);
    }
    const words = said.filter((one) => one.attempt === attempt && one.kind !== 'lost');
    const { extra, beyond } = excuses.ofApps(attempt, apps);
    isBeyond ||= beyond > 0;
    if (extra > 0) {
      duplicates += extra;
      problems.push(`attempt ${attempt} has ${apps.length} applications (${livesOf(story, apps)})`);
    }
    for (const word of words) {
      const given = { isForced: forced.some((one) => one.attempt === attempt), plan };
      const { app, why } = heldAgainst(word, apps, given);
      if (why === undefined) {
        if (app && word === words[0]) delaysMs.push((word.atMs - app.endMs) * speed);
        continue;
      }
      // What came too late to be known excuses nothing else.
      const isTrueBy = (ms: number): boolean =>
        heldAgainst(
          word,
          apps.filter(({ startedMs }) => startedMs <= ms),
          given,
        ).why === undefined;
      if (
        (excuses.isBeyond(attempt, word.atMs) && isTrueBy(seenBy(word.atMs))) ||
        (excuses.isUnseen(attempt, word.atMs) && isTrueBy(word.atMs))
      ) {
        isBeyond = true;
        continue;
      }
      isWrong = true;
      problems.push(`attempt ${attempt} was said to have ${word.kind}: ${why}; ${word.evidence.join(' | ')}`);
    }
  }
  for (const { told } of forced.filter((order) => !excuses.isUndecidable(order)))
    problems.push(`left undecided without need: ${told}`);
  // An interim `lost` counts as much as the last one: whoever heard it had no other.
  const lost = said.filter(({ kind }) => kind === 'lost');
  const unexcused = lost.filter((word) => {
    if (excuses.isTruthGone(word)) return false;
    const isOutside = excuses.isBeyond(word.attempt, word.atMs);
    isBeyond ||= isOutside;
    return !isOutside;
  });
  const isSaidLost = !isOpen && said.at(-1)?.kind === 'lost';
  const isLost = isOpen || said.length === 0 || unexcused.length > 0;
  if (isOpen || said.length === 0) problems.push(`no outcome: ${errors.at(-1)?.message ?? 'nothing was said'}`);
  for (const { evidence, atMs } of unexcused)
    problems.push(`lost at ${seconds(story, atMs)} s (${happened(story, truth)}): ${evidence.join(' | ')}`);
  for (const { name, message, isOurs } of errors) if (isOurs) problems.push(`${name}: ${message}`);
  return {
    index,
    faults: [...affliction.seen],
    duplicates,
    isLost,
    isWrong,
    isForgotten: isSaidLost && excuses.isTruthGone(said.at(-1)!),
    isForced: forced.length > 0,
    isBeyond,
    wasLostAtFirst: !isSaidLost && lost.length > 0,
    errors: errors.map(({ name }) => name),
    delaysMs,
    tookMs: story.tookMs,
    problems,
  };
}

/** The application that a word is about, and why the word is not true of it. */
function heldAgainst(
  word: Said,
  apps: readonly App[],
  { isForced, plan }: { readonly isForced: boolean; readonly plan: KeyPlan },
): { readonly app?: App | undefined; readonly why?: string | undefined } {
  const { kind, atMs } = word;
  // Whoever forced a request is told of what came of that one.
  const app = isForced ? apps.findLast(({ startedMs }) => startedMs <= atMs) : apps[0];
  const later = apps.find(({ startedMs }) => startedMs > atMs);
  if (later) return { app, why: `an application came ${Math.round(later.startedMs - atMs)} ms later` };
  if (!app) return plan.cancelAfterMs !== undefined && kind === 'cancelled' ? {} : { why: 'nothing ran' };
  if (atMs < app.endMs) return { app, why: `it was still running, and ended ${app.endMs - atMs} ms later` };
  // A YARN that kills and forgets in one shows to nobody that it did: unasked, that is a guess.
  if (kind === 'cancelled' && isGoneAtOnce(app) && plan.cancelAfterMs === undefined)
    return { app, why: 'YARN killed and forgot it, and nobody can know' };
  return KIND_OF[app.end] === kind ? { app } : { app, why: `it ended as ${app.end}` };
}

const isGoneAtOnce = ({ forgottenMs, endMs }: App): boolean => forgottenMs !== undefined && forgottenMs <= endMs;

/** The only one that ran, and no restart of YARN killed it. Of two, livywire kills the second. */
function wasKilledUnasked(apps: readonly App[], { cancelAfterMs }: KeyPlan): boolean {
  const [only, ...others] = apps.filter((app) => !isGoneAtOnce(app));
  return cancelAfterMs === undefined && others.length === 0 && only?.end === 'KILLED';
}

const seconds = ({ startMs }: KeyStory, ms: number): number => Math.round((ms - startMs) / 100) / 10;

/** What was launched and ran, and which servers were started anew, in seconds from the first submit. */
function happened(story: KeyStory, truth: Truth): string {
  const at = (ms: number): number => seconds(story, ms);
  const isNear = (ms: number): boolean => ms > story.startMs - NEAR_MS;
  const runs = [...new Set(story.said.map(({ attempt }) => attempt))].map((attempt) => {
    const tag = story.tag(attempt);
    const launches = truth.launchedUnder(tag).map(({ atMs }) => at(atMs));
    return `attempt ${attempt}: launched at ${launches.join(', ')}; ${livesOf(story, truth.ranUnder(tag)) || 'nothing ran'}`;
  });
  const livy = truth.livyRestarts.filter(isNear).map(at);
  const yarn = truth.yarnRestarts.filter(({ atMs }) => isNear(atMs));
  return [
    ...runs,
    `Livy restarted at ${livy.join(', ') || 'no time'}`,
    ...yarn.map(({ atMs, forgets }) => `YARN restarted at ${at(atMs)}${forgets ? ' without its memory' : ''}`),
  ].join('; ');
}

/** When each ran, in seconds from the first submit, and what was said meanwhile. */
function livesOf(story: KeyStory, apps: readonly App[]): string {
  const at = (ms: number): number => seconds(story, ms);
  const lives = apps.map(({ launchedMs, startedMs, endMs, forgottenMs }) => {
    const end = forgottenMs === undefined ? '' : `, forgotten at ${at(forgottenMs)}`;
    return `sent by ${at(launchedMs)}, ${at(startedMs)} to ${at(endMs)} s${end}`;
  });
  const forced = story.forced.map(({ attempt, atMs }) => `attempt ${attempt} forced at ${at(atMs)}`);
  return [...lives, ...forced, story.errors.map(({ name }) => name).join(' ')].join('; ');
}

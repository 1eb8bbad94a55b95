/** What no client can know, or was told to do: each excuse holds at its time, for its attempt, and once. */
import { type App, MOST_ENDED } from './app-book.js';
import type { FaultKind } from './plan.js';
import type { Forced, Said } from './pursuit.js';
import type { KeyStory, Truth } from './verdict.js';

/** A YARN that was not up for so long before a POST proves no absence after it, in milliseconds. */
const YARN_BEFORE_MS = 10_000;
/** Livywire's settle time, in milliseconds of real time here. */
const SETTLE_MS = 10_000;
/** Whoever follows a run has read its end by then, whatever strikes meanwhile, in milliseconds of real time. */
const READ_BY_MS = 60_000;

/** So long after its end a Livy that was not restarted says `success` of what its spark-submit ended well, in milliseconds: test/chaos/world.ts. */
const LIVY_KEEPS_MS = 30_000;
/** A spark-submit asks YARN once more when its application is over: one that YARN has forgotten by then ends badly. */
const LAUNCHER_ASKS_MS = 2_000;
/** What can keep whoever follows a key from reading for longer than Livy remembers. */
const HOLDS_UP: readonly FaultKind[] = [
  'submitter-killed',
  'submitter-stopped',
  'clock-jump',
  'livy-unreachable',
  'yarn-unreachable',
  'yarn-recovering',
];

/** A second request is looked for at Livy so long before the word, in milliseconds of real time. */
const LATE_LOOK_MS = 5_000;
/** For its time a YARN is asked for so long before a POST, in milliseconds of real time. */
const ASKED_FOR_MS = 15_000;

/** A word is as old as the last look that it stands on, in milliseconds of real time. */
const LOOK_MS = 3_000;

/** What started later was not seen by whoever gave that word. */
export const seenBy = (atMs: number): number => atMs - LOOK_MS;

export interface Excuses {
  /** Applications beyond the first that nothing excuses, and those beyond what is promised. */
  ofApps(attempt: number, apps: readonly App[]): { readonly extra: number; readonly beyond: number };
  /** YARN had forgotten how it ended when `lost` was said, and Livy could not tell; or YARN could not show that a cancelled one never came, not since when that would have to be, or had dropped too many since. */
  isTruthGone(word: Said): boolean;
  /** At that time a `spark-submit` was on its way for longer than the settle time, and the Livy that started it forgotten. */
  isBeyond(attempt: number, atMs: number): boolean;
  /** The first of two requests was forgotten by a Livy too early; when its application had ended, Livy could not say that the other was under way. */
  isUnseen(attempt: number, atMs: number): boolean;
  /** Of a YARN that "may have forgotten" one is told only if it was started since, or right before. */
  isUndecidable(order: Forced): boolean;
}

export function excusesOf(story: KeyStory, truth: Truth): Excuses {
  const { plan, startMs, said, forced, tag, affliction } = story;
  const isHeldUp = HOLDS_UP.some((kind) => affliction.seen.has(kind));
  /** Livy said that it had succeeded, as long as it remembers: what YARN forgot after the end was to be had there. */
  const hasLivyTold = ({ end, endMs, launchedMs, forgottenMs = 0 }: App, atMs: number): boolean => {
    const untilMs = endMs + LIVY_KEEPS_MS;
    const isKnown =
      plan.launcher === 'honest' &&
      end === 'SUCCEEDED' &&
      forgottenMs > endMs + LAUNCHER_ASKS_MS &&
      !truth.livyRestarts.some((ms) => launchedMs < ms && ms < Math.min(atMs, untilMs));
    return isKnown && (atMs < untilMs || !isHeldUp);
  };
  const isUnseen = (attempt: number, atMs: number): boolean => {
    const launches = truth.launchedUnder(tag(attempt));
    const firstMs = launches[0]?.atMs ?? Infinity;
    return (
      truth.livyTroubles.some(({ fromMs, toMs }) => fromMs < atMs && toMs > atMs - LATE_LOOK_MS) &&
      launches.some(
        (launch) =>
          launch.app !== undefined &&
          launch.app.startedMs > seenBy(atMs) &&
          truth.livyRestarts.some((ms) => firstMs < ms && ms < launch.atMs),
      )
    );
  };
  const isBeyond = (attempt: number, atMs: number): boolean =>
    truth
      .launchedUnder(tag(attempt))
      .some(
        (launch) =>
          launch.atMs + SETTLE_MS < atMs &&
          launch.app !== undefined &&
          launch.app.startedMs > seenBy(atMs) &&
          truth.livyRestarts.some((ms) => launch.atMs < ms && ms < atMs),
      );
  /** An attempt begins after the last word about the one before it. */
  const beganMs = (attempt: number): number => said.find((one) => one.attempt === attempt - 1)?.atMs ?? startMs;
  const hasYarnRestarted = (attempt: number, untilMs: number): boolean =>
    truth.yarnRestarts.some(({ atMs }) => atMs > beganMs(attempt) - YARN_BEFORE_MS && atMs <= untilMs);
  /** YARN's clock was not to be had when it was sent: without it nothing shows that what was cancelled never came. */
  const isUntimed = (attempt: number, evidence: Said['evidence']): boolean => {
    const firstMs = truth.launchedUnder(tag(attempt))[0]?.atMs ?? Infinity;
    return (
      evidence.some((line) => line.includes("not known by YARN's clock")) &&
      truth.yarnTroubles.some(({ fromMs, toMs }) => fromMs < firstMs && toMs > firstMs - ASKED_FOR_MS)
    );
  };
  /** So many have ended since that YARN may have dropped what was cancelled: it came to nothing, and nothing shows that any more. */
  const isDropped = (attempt: number, evidence: Said['evidence'], atMs: number): boolean => {
    const firstMs = truth.launchedUnder(tag(attempt))[0]?.atMs ?? Infinity;
    return (
      evidence.some((line) => line.includes('it may have dropped ours')) &&
      truth.endedBetween(firstMs, atMs) >= MOST_ENDED
    );
  };
  return {
    isBeyond,
    isUnseen,
    isUndecidable: ({ attempt, atMs, told }) => !told.includes('may have forgotten') || hasYarnRestarted(attempt, atMs),
    isTruthGone({ attempt, atMs, evidence }) {
      const apps = truth.ranUnder(tag(attempt)).filter(({ startedMs }) => startedMs <= atMs);
      const last = apps.at(-1);
      if (last) {
        const { forgottenMs, endMs } = last;
        const isForgotten = forgottenMs !== undefined && forgottenMs <= atMs && forgottenMs - endMs < READ_BY_MS;
        return isForgotten && !hasLivyTold(last, atMs);
      }
      return (
        plan.cancelAfterMs !== undefined &&
        (hasYarnRestarted(attempt, atMs) || isUntimed(attempt, evidence) || isDropped(attempt, evidence, atMs))
      );
    },
    ofApps(attempt, apps) {
      const orders = forced.filter((one) => one.attempt === attempt).map(({ atMs }) => atMs);
      let [extra, beyond] = [0, 0];
      for (const [n, app] of apps.entries()) {
        const before = apps[n - 1];
        if (!before) continue;
        // Told to send it again, when YARN had killed and forgotten what came of the last request: no second application.
        const order = orders.findIndex((atMs) => (before.forgottenMs ?? Infinity) < atMs && atMs < app.launchedMs);
        if (order >= 0) orders.splice(order, 1);
        else if (isBeyond(attempt, Math.max(before.launchedMs, app.launchedMs))) beyond++;
        else extra++;
      }
      return { extra, beyond };
    },
  };
}

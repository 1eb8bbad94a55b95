/** What no client can know, or was told to do: each excuse holds at its time, for its attempt, and once. */
import type { App } from './app-book.js';
import type { Forced, Said } from './pursuit.js';
import type { KeyStory, Truth } from './verdict.js';

/** A YARN that was not up for so long before a POST proves no absence after it, in milliseconds. */
const YARN_BEFORE_MS = 10_000;
/** Livywire's settle time, in milliseconds of real time here. */
const SETTLE_MS = 10_000;
/** Whoever follows a run has read its end by then, whatever strikes meanwhile, in milliseconds of real time. */
const READ_BY_MS = 60_000;

export interface Excuses {
  /** Applications beyond the first that nothing excuses, and those beyond what is promised. */
  ofApps(attempt: number, apps: readonly App[]): { readonly extra: number; readonly beyond: number };
  /** YARN had forgotten how it ended when `lost` was said, or could not show that a cancelled one never came. */
  isTruthGone(word: Said): boolean;
  /** At that time a `spark-submit` was on its way for longer than the settle time, and the Livy that started it forgotten. */
  isBeyond(attempt: number, atMs: number): boolean;
  /** Of a YARN that "may have forgotten" one is told only if it was started since, or right before. */
  isUndecidable(order: Forced): boolean;
}

export function excusesOf(story: KeyStory, truth: Truth): Excuses {
  const { plan, startMs, said, forced, tag } = story;
  const isBeyond = (attempt: number, atMs: number): boolean =>
    truth
      .launchedUnder(tag(attempt))
      .some(
        (launch) =>
          launch.atMs + SETTLE_MS < atMs &&
          launch.app !== undefined &&
          launch.app.startedMs > atMs &&
          truth.livyRestarts.some((ms) => launch.atMs < ms && ms < atMs),
      );
  /** An attempt begins after the last word about the one before it. */
  const beganMs = (attempt: number): number => said.find((one) => one.attempt === attempt - 1)?.atMs ?? startMs;
  const hasYarnRestarted = (attempt: number, untilMs: number): boolean =>
    truth.yarnRestarts.some(({ atMs }) => atMs > beganMs(attempt) - YARN_BEFORE_MS && atMs <= untilMs);
  return {
    isBeyond,
    isUndecidable: ({ attempt, atMs, told }) => !told.includes('may have forgotten') || hasYarnRestarted(attempt, atMs),
    isTruthGone({ attempt, atMs }) {
      const apps = truth.ranUnder(tag(attempt)).filter(({ startedMs }) => startedMs <= atMs);
      const last = apps.at(-1);
      if (last) {
        const { forgottenMs, endMs } = last;
        return forgottenMs !== undefined && forgottenMs <= atMs && forgottenMs - endMs < READ_BY_MS;
      }
      return plan.cancelAfterMs !== undefined && hasYarnRestarted(attempt, atMs);
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

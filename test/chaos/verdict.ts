/** What was said of a key, held against what truly ran. */
import type { App, AppBook, TrueEnd } from './app-book.js';
import type { FaultKind } from './plan.js';
import type { Said } from './pursuit.js';
import type { KeyStory } from './trial.js';

export interface Verdict {
  readonly index: number;
  readonly faults: readonly FaultKind[];
  /** Applications beyond the first, over all attempts. */
  readonly duplicates: number;
  /** No outcome, or `lost` to the end. */
  readonly isLost: boolean;
  /** An outcome that is not the true end, or one that was said before there was an end. */
  readonly isWrong: boolean;
  /** Said to be lost while faults lasted, and found again. */
  readonly wasLostAtFirst: boolean;
  /** Said to be lost for good, and rightly: YARN was restarted, and took the truth or the proof of it along. */
  readonly isForgotten: boolean;
  /** Somebody had to say `--force-resend`. */
  readonly isForced: boolean;
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

export function judge(story: KeyStory, book: AppBook, speed: number): Verdict {
  const { said, errors, plan, isOpen, affliction, index } = story;
  const attempts = Math.max(1, ...said.map(({ attempt }) => attempt));
  const problems: string[] = [];
  const delaysMs: number[] = [];
  let [duplicates, isWrong] = [0, false];
  // One more than was heard of: an attempt that nobody asked for would be there.
  for (let attempt = 1; attempt <= attempts + 1; attempt++) {
    const apps = book.ranUnder(story.tag(attempt));
    const extra = apps.filter((app, n) => n > 0 && !isForcedAfter(story, apps[n - 1]!, app)).length;
    if (extra > 0) {
      duplicates += extra;
      problems.push(`attempt ${attempt} has ${apps.length} applications (${livesOf(story, apps)})`);
    }
    const words = said.filter((one) => one.attempt === attempt && one.kind !== 'lost');
    // Whoever forced a request is told of what came of that one.
    const about = (atMs: number) => (story.isForced ? apps.findLast((app) => app.startedMs <= atMs) : apps[0]);
    for (const word of words) {
      const app = about(word.atMs);
      const why = app
        ? notTrue(word, app)
        : plan.cancelAfterMs !== undefined && word.kind === 'cancelled'
          ? undefined
          : 'nothing ran';
      if (why === undefined) continue;
      isWrong = true;
      problems.push(`attempt ${attempt} was said to have ${word.kind}: ${why}; ${word.evidence.join(' | ')}`);
    }
    const soonest = Math.min(...words.map(({ atMs }) => atMs));
    const first = words.length > 0 ? about(soonest) : undefined;
    if (first) delaysMs.push((soonest - first.endMs) * speed);
  }
  const final = said.at(-1);
  const isSaidLost = !isOpen && final?.kind === 'lost';
  const isForgotten = isSaidLost && isTruthGone(story, book, final.attempt);
  const isLost = isOpen || final === undefined || (isSaidLost && !isForgotten);
  if (isLost)
    problems.push(
      isOpen ? `no outcome: ${errors.at(-1)?.message ?? 'nothing was said'}` : `lost: ${final?.evidence.join(' | ')}`,
    );
  for (const { name, message, isOurs } of errors) if (isOurs) problems.push(`${name}: ${message}`);
  return {
    index,
    faults: [...affliction.seen],
    duplicates,
    isLost,
    isWrong,
    isForgotten,
    isForced: story.isForced,
    wasLostAtFirst: !isSaidLost && said.some(({ kind }) => kind === 'lost'),
    errors: errors.map(({ name }) => name),
    delaysMs,
    tookMs: story.tookMs,
    problems,
  };
}

/** A YARN that was not up for so long before a POST proves no absence after it, in milliseconds. */
const YARN_BEFORE_MS = 10_000;

/** YARN was restarted: it has forgotten how the application ended, or cannot show that one that was cancelled never came. */
function isTruthGone({ plan, startMs, tag }: KeyStory, book: AppBook, attempt: number): boolean {
  const apps = book.ranUnder(tag(attempt));
  if (apps.length > 0) return apps.some(({ forgottenMs }) => forgottenMs !== undefined);
  return plan.cancelAfterMs !== undefined && book.startedMs > startMs - YARN_BEFORE_MS;
}

/** A request was sent again by force when YARN had killed and forgotten what came of the last one: no second application. */
const isForcedAfter = ({ isForced }: KeyStory, before: App, app: App): boolean =>
  isForced && before.forgottenMs !== undefined && before.forgottenMs < app.startedMs;

/** When each ran, in seconds from the first submit, and what was said meanwhile. */
function livesOf({ startMs, isForced, errors }: KeyStory, apps: readonly App[]): string {
  const at = (ms: number): number => Math.round((ms - startMs) / 100) / 10;
  const lives = apps.map(({ startedMs, endMs, forgottenMs }) => {
    const end = forgottenMs === undefined ? '' : `, forgotten at ${at(forgottenMs)}`;
    return `${at(startedMs)} to ${at(endMs)} s${end}`;
  });
  return [...lives, ...(isForced ? ['forced'] : []), errors.map(({ name }) => name).join(' ')].join('; ');
}

function notTrue(
  { kind, atMs }: Said,
  { end, endMs }: { readonly end: TrueEnd; readonly endMs: number },
): string | undefined {
  if (atMs < endMs) return `it was still running, and ended ${endMs - atMs} ms later`;
  return KIND_OF[end] === kind ? undefined : `it ended as ${end}`;
}

import {
  type AppReport,
  type AttemptRecord,
  type Diagnosis,
  type OutputSummary,
  plainLine,
  type RunOutcome,
  type RunRef,
  type RunStatus,
} from '../core/index.js';
import type { EngineDeps } from './deps.js';
import { factsOf } from './facts.js';
import type { Patience } from './patience.js';
import { stopLateSubmit } from './late-submit.js';
import { stopStrays } from './strays.js';
import { toldOf, writeOutcome, type Written } from './write-outcome.js';

const COUNT_WITHIN_MS = 4_000;
const UNDIAGNOSED = 'UNKNOWN';

/** What a finisher may know beyond the ledger: the very reading, and YARN's report. */
export interface Seen {
  readonly status?: RunStatus | undefined;
  readonly app?: AppReport | undefined;
}

/**
 * Adds to an outcome what takes its time: a second application is looked for, what Spark did is counted, why it failed is
 * read in the log. All of it may be missing and none of it changes how the run ended, so that stands in the ledger by
 * then. Two that do it at once do no harm: the first to be done is the one that is kept.
 */
export async function finish(
  deps: EngineDeps,
  { outcome, unfinished, attempt, isUnwritten }: Written,
  seen: Seen,
  { patience, signal }: { readonly patience: Patience; readonly signal?: AbortSignal | undefined },
): Promise<RunOutcome> {
  // One request can have made two applications as well, where a proxy sent it on twice: once, at the end, that is asked.
  const isLikely = (attempt?.posts.length ?? 0) > 1;
  const stopped = isLikely ? stopLateSubmit(deps, outcome.ref, signal) : undefined;
  const late = (await spare(deps, 'a late request could not be looked for', stopped, signal)) ?? [];
  const looked = attempt && stopStrays(deps, outcome.ref, { isLikely, signal });
  const strays = (await spare(deps, 'a second application could not be looked for', looked, signal)) ?? [];
  // Somebody was first; the log need not be read again.
  if (attempt?.outcome && attempt.outcome.kind !== 'lost' && unfinished === undefined) return attempt.outcome;
  const counted = deps.progress?.final(outcome.ref, { ...(signal && { signal }), withinMs: countWithinMs(outcome) });
  const progress = await spare(deps, 'what Spark did could not be counted', counted, signal);
  const written = outcome.kind === 'succeeded' ? writtenBy(deps, outcome.ref, attempt, signal) : undefined;
  const output = await spare(deps, 'what was written could not be counted', written, signal);
  const notes = [...(outcome.notes ?? []), ...late, ...strays];
  const added = { ...(progress && { progress }), ...(output && { output }), ...(notes.length > 0 && { notes }) };
  const whole = { ...outcome, ...added };
  const write = async (what: RunOutcome) => toldOf(await writeOutcome(deps, what, { isUnwritten, patience }));
  if (whole.kind !== 'failed' || whole.diagnosis.code !== UNDIAGNOSED) return write(whole);
  // Whoever was first had the word on how it ended: a reading that says otherwise explains nothing of that.
  const status = seen.status?.state === whole.kind ? seen.status : (unfinished ?? seen.status);
  // Of the servers' words and the log it makes words that may be kept: redacted.
  const reasoned =
    status && factsOf(deps, whole.ref, { status, app: seen.app }, signal).then((facts) => deps.diagnose(facts));
  const diagnosis = (await spare(deps, 'the diagnosis failed', reasoned, signal)) ?? whole.diagnosis;
  return write({ ...whole, diagnosis });
}

/** What stands in the output since the look before the request, by the clock of its store. */
async function writtenBy(
  { markers }: EngineDeps,
  { output }: RunRef,
  attempt: AttemptRecord | undefined,
  signal: AbortSignal | undefined,
): Promise<OutputSummary | undefined> {
  const sinceMs = attempt?.output?.before?.serverMs;
  if (output === undefined || sinceMs === undefined) return undefined;
  return markers.written?.(output, { sinceMs, ...(signal && { signal }) });
}

/** How long to ask what Spark counted. A driver that was stopped wrote no end of it, and who stops a run is waiting for the answer. */
const countWithinMs = ({ kind }: RunOutcome): number =>
  kind === 'succeeded' || kind === 'failed' ? COUNT_WITHIN_MS : 0;

/** What is said of a failure before its log was read, and where it cannot be. */
export const undiagnosed = ({ raw, message }: RunStatus): Diagnosis => ({
  code: UNDIAGNOSED,
  title: message === undefined ? `It ended as ${raw}` : `It ended as ${raw}: ${plainLine(message).slice(0, 200)}`,
  transient: false,
  lines: [],
  next: ['Read the log with livywire logs'],
});

/** What goes with an outcome and may be missing: no mistake in it may hide the end, or keep it from the ledger. */
async function spare<T>(
  { logger }: EngineDeps,
  what: string,
  made: Promise<T> | undefined,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  try {
    return await made;
  } catch (error) {
    signal?.throwIfAborted();
    logger.warn(what, { error: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

import {
  type AttemptRecord,
  type Diagnosis,
  LedgerConflictError,
  plainLine,
  redactText,
  type RunOutcome,
  type RunStatus,
} from '../core/index.js';
import type { EngineDeps } from './deps.js';
import { factsOf } from './facts.js';
import type { Observer, Reading } from './observer.js';
import { specTag } from './names.js';
import { attemptIn, knownFrom, lastAttempt, withLast } from './records.js';
import { specNote } from './spec-tag.js';
import { stopStrays } from './strays.js';

const WRITE_TRIES = 10;
const COUNT_WITHIN_MS = 4_000;

type Ending = Extract<Reading, { kind: 'ended' | 'recorded' | 'lost' }>;

/** Makes the outcome of an ending and writes it to the ledger. Whoever was first has the word. */
export async function conclude(
  deps: EngineDeps,
  observer: Observer,
  ending: Ending,
  signal?: AbortSignal,
): Promise<RunOutcome> {
  if (ending.kind === 'recorded') return ending.outcome;
  const entry = await deps.ledger.get(observer.ref.key).catch(() => undefined); // its outage is no reason to hide an end
  const attempt = entry && attemptIn(entry.record.attempts, observer.ref);
  // One request can have made two applications as well, where a proxy sent it on twice: once, at the end, that is asked.
  const strays = attempt ? await stopStrays(deps, observer.ref, { isLikely: attempt.posts.length > 1, signal }) : [];
  // Somebody was first; the log need not be read again.
  if (attempt?.outcome && attempt.outcome.kind !== 'lost' && strays.length === 0) return attempt.outcome;
  const app = ending.kind === 'ended' ? ending.app : undefined;
  // The record's hash is that of its newest attempt.
  const isNewest = entry && attempt === lastAttempt(entry.record);
  const doubt = app && isNewest ? specNote(app, attempt.name, specTag(entry.record.specHash)) : undefined;
  const notes = [...strays, ...(doubt === undefined ? [] : [doubt])];
  const outcome = await outcomeOf(deps, observer, { ending, attempt, notes }, signal);
  return record(deps, outcome);
}

interface Known {
  readonly ending: Exclude<Ending, { kind: 'recorded' }>;
  readonly attempt: AttemptRecord | undefined;
  readonly notes: readonly string[];
}

async function outcomeOf(
  deps: EngineDeps,
  observer: Observer,
  { ending, attempt, notes: more }: Known,
  signal?: AbortSignal,
): Promise<RunOutcome> {
  const { clock } = deps;
  const { ref, evidence } = observer;
  const notes = [...observer.notes, ...more];
  const app = ending.kind === 'ended' ? ending.app : undefined;
  const counted = deps.progress?.final(ref, { ...(signal && { signal }), withinMs: countWithinMs(ending) });
  const progress = await spare(deps, 'what Spark did could not be counted', counted, signal);
  const base = {
    v: 1,
    ref,
    evidence,
    links: ending.kind === 'ended' ? ending.status.links : observer.links,
    knownAt: new Date(clock.now()).toISOString(),
    ...(app && { usage: app.usage }),
    ...(progress && { progress }),
    ...(notes.length > 0 && { notes }),
  } as const;
  if (ending.kind === 'lost') return { ...base, kind: 'lost' };
  const { message: words, ...said } = ending.status;
  // An outcome is kept and shown: what the driver or YARN wrote about secrets is not.
  const status: RunStatus = { ...said, ...(words !== undefined && { message: redactText(words) }) };
  if (status.state === 'succeeded') return { ...base, kind: 'succeeded' };
  if (status.state === 'cancelled') {
    const message = status.message !== undefined && { message: status.message };
    return { ...base, kind: 'cancelled', by: observer.isCancelOurs(attempt) ? 'livywire' : 'someone', ...message };
  }
  if (ending.diagnosis) return { ...base, kind: 'failed', diagnosis: ending.diagnosis };
  // Of the servers' words and the log it makes words that may be kept: redacted.
  const reasoned = factsOf(deps, ref, { status, app }, signal).then((facts) => deps.diagnose(facts));
  const diagnosis = (await spare(deps, 'the diagnosis failed', reasoned, signal)) ?? undiagnosed(status);
  return { ...base, kind: 'failed', diagnosis };
}

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

const undiagnosed = ({ raw, message }: RunStatus): Diagnosis => ({
  code: 'UNKNOWN',
  title: message === undefined ? `It ended as ${raw}` : `It ended as ${raw}: ${plainLine(message).slice(0, 200)}`,
  transient: false,
  lines: [],
  next: ['Read the log with livywire logs'],
});

/** How long to ask what Spark counted. A driver that was stopped wrote no end of it, and who stops a run is waiting for the answer. */
const countWithinMs = (ending: Ending): number =>
  ending.kind === 'ended' && ending.status.state !== 'cancelled' ? COUNT_WITHIN_MS : 0;

/** Writes the outcome, unless another process was first with one that is as good. */
async function record({ ledger, clock, logger }: EngineDeps, outcome: RunOutcome): Promise<RunOutcome> {
  const { ref } = outcome;
  for (let i = 0; i < WRITE_TRIES; i++) {
    try {
      const entry = await ledger.get(ref.key);
      const attempt = entry && attemptIn(entry.record.attempts, ref);
      if (!entry || !attempt || attempt !== lastAttempt(entry.record)) return outcome; // not ours to write
      if (attempt.outcome && !(attempt.outcome.kind === 'lost' && outcome.kind !== 'lost')) return attempt.outcome;
      const change = {
        phase: 'ended',
        outcome,
        ...knownFrom(ref),
      } as const;
      await ledger.update(withLast(entry.record, change, new Date(clock.now()).toISOString()), entry.version);
      return outcome;
    } catch (error) {
      if (error instanceof LedgerConflictError) continue;
      // The outcome is known; that it could not be kept must not hide it.
      logger.warn('the outcome could not be written to the ledger', { key: ref.key, error: (error as Error).message });
      return outcome;
    }
  }
  logger.warn('the outcome could not be written to the ledger: its record keeps changing', { key: ref.key });
  return outcome;
}

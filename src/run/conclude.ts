import { type AttemptRecord, redactText, type RunOutcome, type RunStatus } from '../core/index.js';
import type { EngineDeps } from './deps.js';
import { finish, undiagnosed } from './finish.js';
import { specTag } from './names.js';
import type { Observer, Reading } from './observer.js';
import { attemptIn, endIn, lastAttempt } from './records.js';
import { specNote } from './spec-tag.js';
import { ledgerPatience, writeOutcome } from './write-outcome.js';

type Ending = Extract<Reading, { kind: 'ended' | 'recorded' | 'lost' }>;
type Unwritten = Exclude<Ending, { kind: 'recorded' }>;

export const isEnding = (reading: Reading): reading is Ending =>
  reading.kind === 'ended' || reading.kind === 'recorded' || reading.kind === 'lost';

/**
 * Makes the outcome of an ending and writes it to the ledger, whoever was first having the word: how it ended before
 * anything that takes time, so that whoever is stopped meanwhile has not lost it; then the rest.
 */
export async function conclude(
  deps: EngineDeps,
  observer: Observer,
  ending: Ending,
  signal?: AbortSignal,
): Promise<RunOutcome> {
  const { ledger, registry, backend } = deps;
  const patience = ledgerPatience(deps);
  if (ending.kind === 'recorded') {
    const { outcome, attempt } = ending;
    const { unfinished } = attempt;
    // Only the servers that had it can be asked for the rest.
    if (!unfinished || attempt.endpoint !== backend.endpoint) return outcome;
    const { appId } = outcome.ref;
    const asked = appId === undefined ? undefined : registry?.byId(appId, signal && { signal });
    const app = await asked?.catch(() => undefined);
    signal?.throwIfAborted();
    return finish(deps, { outcome, unfinished, attempt }, { app }, { patience, signal });
  }
  // Its outage is no reason to hide an end.
  const entry = await patience.with(ledger.get(observer.ref.key).catch(() => undefined));
  const attempt = entry && attemptIn(entry.record.attempts, observer.ref);
  // Somebody who knew has written down since how it ended, and may not have come to why.
  const known = ending.kind === 'lost' ? endIn(attempt) : undefined;
  if (known) return conclude(deps, observer, known, signal);
  const app = ending.kind === 'ended' ? ending.app : undefined;
  // The record's hash is that of its newest attempt.
  const isNewest = entry && attempt === lastAttempt(entry.record);
  const doubt = app && isNewest ? specNote(app, attempt.name, specTag(entry.record.specHash)) : undefined;
  const notes = [...observer.notes, ...(doubt === undefined ? [] : [doubt])];
  const outcome = outcomeOf(deps, observer, { ending, attempt, notes });
  // That nobody knows is no end that could be lost: it is asked again.
  if (ending.kind === 'lost') return finish(deps, { outcome, attempt }, {}, { patience, signal });
  const written = await writeOutcome(deps, outcome, { unfinished: keepable(ending.status), patience });
  return finish(deps, { attempt, ...written }, ending, { patience, signal });
}

interface Known {
  readonly ending: Unwritten;
  readonly attempt: AttemptRecord | undefined;
  readonly notes: readonly string[];
}

/** What can be said of it at once. */
function outcomeOf({ clock }: EngineDeps, observer: Observer, { ending, attempt, notes }: Known): RunOutcome {
  const { ref, evidence } = observer;
  const app = ending.kind === 'ended' ? ending.app : undefined;
  const base = {
    v: 1,
    ref,
    evidence,
    links: ending.kind === 'ended' ? ending.status.links : observer.links,
    knownAt: new Date(clock.now()).toISOString(),
    ...(app && { usage: app.usage }),
    ...(notes.length > 0 && { notes }),
  } as const;
  if (ending.kind === 'lost') return { ...base, kind: 'lost' };
  const status = keepable(ending.status);
  if (status.state === 'succeeded') return { ...base, kind: 'succeeded' };
  if (status.state === 'cancelled') {
    const message = status.message !== undefined && { message: status.message };
    return { ...base, kind: 'cancelled', by: observer.isCancelOurs(attempt) ? 'livywire' : 'someone', ...message };
  }
  return { ...base, kind: 'failed', diagnosis: ending.diagnosis ?? undiagnosed(status) };
}

/** An outcome is kept and shown: what the driver or YARN wrote about secrets is not. */
function keepable({ message, tail: _log, ...said }: RunStatus): RunStatus {
  return { ...said, ...(message !== undefined && { message: redactText(message) }) };
}

import { type AttemptRecord, isFinal, type RunRef, type RunStatus, type WatchedRun } from '../core/index.js';
import type { EngineDeps } from './deps.js';
import type { Reading } from './reading.js';
import { attemptIn, endIn } from './records.js';
import { LEDGER_WITHIN_MS, within } from './within.js';

/** What this or another process wrote down about the attempt, where the ledger can be asked. */
export async function writtenDown(
  { ledger, clock }: Pick<EngineDeps, 'ledger' | 'clock'>,
  ref: RunRef,
  signal: AbortSignal | undefined,
): Promise<AttemptRecord | undefined> {
  const asked = ledger.get(ref.key).catch(() => undefined);
  const entry = await within(clock, LEDGER_WITHIN_MS, asked, signal);
  return entry && attemptIn(entry.record.attempts, ref);
}

/**
 * The reading of a run that somebody watches for all: from the ledger alone. `undefined` where the servers are to be asked: nobody
 * watches, nobody was heard of for too long, or the watcher itself does not see this run.
 */
export async function underWatch(
  deps: Pick<EngineDeps, 'ledger' | 'clock' | 'watcher'>,
  ref: RunRef,
  signal: AbortSignal | undefined,
): Promise<Extract<Reading, { kind: 'going' | 'recorded' }> | undefined> {
  // What livywire never started is in no ledger.
  const asked = ref.attempt > 0 ? deps.watcher?.sees(ref.name) : undefined;
  const watched = asked && (await within(deps.clock, LEDGER_WITHIN_MS, asked, signal));
  if (!watched) return undefined;
  const attempt = await writtenDown(deps, ref, signal);
  const ended = endIn(attempt);
  // Of an end that is not explained yet: whoever wrote it down is at that.
  if (ended && !(ended.attempt.unfinished && watched.run)) return ended;
  return attempt && watched.run && { kind: 'going', status: statusOfWatched(ref, watched.run) };
}

const statusOfWatched = ({ name }: RunRef, { raw, state, id, appId, at }: WatchedRun): RunStatus => ({
  raw,
  state: isFinal({ state }) ? 'unknown' : state,
  source: 'ledger',
  name,
  links: {},
  message: `as its watcher saw it at ${at}`,
  ...(id !== undefined && { id }),
  ...(appId !== undefined && { appId }),
});

/** The same without a watcher: for who has to ask the servers. */
export const unwatched = ({ watcher: _watcher, ...deps }: EngineDeps): EngineDeps => deps;

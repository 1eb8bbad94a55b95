import { type AttemptRecord, isFinal, type RunRef, type RunStatus, type WatchedRun } from '../core/index.js';
import type { EngineDeps } from './deps.js';
import type { Reading } from './reading.js';
import { attemptIn, endIn } from './records.js';

/** What this or another process wrote down about the attempt, where the ledger can be asked. */
export async function writtenDown(
  { ledger }: Pick<EngineDeps, 'ledger'>,
  ref: RunRef,
): Promise<AttemptRecord | undefined> {
  const entry = await ledger.get(ref.key).catch(() => undefined);
  return entry && attemptIn(entry.record.attempts, ref);
}

/**
 * The reading of a run that somebody watches for all: from the ledger alone. `undefined` where the servers are to be asked: nobody
 * watches, nobody was heard of for too long, or the watcher itself does not see this run.
 */
export async function underWatch(
  deps: Pick<EngineDeps, 'ledger' | 'watcher'>,
  ref: RunRef,
): Promise<Extract<Reading, { kind: 'going' | 'recorded' }> | undefined> {
  // What livywire never started is in no ledger.
  const watched = ref.attempt > 0 ? await deps.watcher?.sees(ref.name) : undefined;
  if (!watched) return undefined;
  const attempt = await writtenDown(deps, ref);
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

import { isFinal, type RunStatus, type StopState } from '../core/index.js';

/** What became of a job that is followed no longer, as far as the last reading of it goes. */
export interface Left {
  /** In the document. */
  readonly kind: 'running' | 'waiting' | 'ended' | 'unknown';
  readonly words: string;
}

export function leftAs(last: RunStatus | undefined): Left {
  if (last === undefined) return { kind: 'unknown', words: 'whether it runs is not known' };
  if (isFinal(last)) return { kind: 'ended', words: `it has ended (${last.state}), its outcome not yet read` };
  if (last.state === 'waiting') return { kind: 'waiting', words: 'not running yet, left in its queue' };
  if (last.state === 'running') return { kind: 'running', words: 'left running' };
  return { kind: 'unknown', words: 'left as it is, its state not known' };
}

/** By how far the cancel came: "was asked" is said only of what a server took. */
export const stopWords: Readonly<Record<StopState, string>> = {
  ended: 'it has ended, its outcome not yet read',
  unsent: 'could not be asked to stop, may be running',
  sent: 'asked to stop, without an answer so far; may be running',
  taken: 'was asked to stop, not yet seen to have stopped',
};

/** What became of a job that was to be stopped. @param before as it was when the stopping began */
export function leftOfStop(state: StopState, before?: Left): Left {
  if (before?.kind === 'ended') return before;
  if (state === 'ended') return { kind: 'ended', words: stopWords.ended };
  // Who was never asked may not even be there.
  const kind = before?.kind ?? (state === 'unsent' ? 'unknown' : 'running');
  return { kind, words: stopWords[state] };
}

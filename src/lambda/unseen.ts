import type { RunStatus } from '../core/index.js';
import type { RunAnswer, Trouble } from './answer.js';
import type { Invocation } from './invocation.js';

/** As long as the engine waits for a server that is silent. */
const UNSEEN_MS = 900_000;

/** Whoever answered says that it is over, and cannot say how. Of the ledger's word it is only that nothing was started yet. */
export const isUnclear = ({ unclear, source }: RunStatus): boolean => unclear !== undefined && source !== 'ledger';

/**
 * Of those: whether its output is all that is missing, in the engine's words. Of others a Livy may have said that they are dead while YARN
 * is silent: those may run on, and are stopped for their age.
 */
export const onlyOutputUnseen = (status: RunStatus): boolean =>
  isUnclear(status) && status.unclear?.startsWith('it ended as ') === true;

/**
 * Notes that a look of `status` has shown nothing: since when, and how long it may go on before submit has to look as well.
 * The attempt that was wanted is what the last answer says: of a redrive only submit knows.
 */
export function unseen(
  { clock }: Pick<Invocation, 'clock'>,
  before: RunAnswer | undefined,
  { attempt, ...seen }: Pick<Trouble, 'attempt' | 'reason' | 'isOver'>,
): { readonly trouble: Trouble; readonly isLong: boolean } {
  const last = before?.trouble?.of === 'status' ? before.trouble : undefined;
  const since = last?.since ?? new Date(clock.now()).toISOString();
  const trouble: Trouble = { of: 'status', since, attempt: last?.attempt ?? attempt, ...seen };
  return { trouble, isLong: clock.now() - Date.parse(since) > UNSEEN_MS };
}

import { type HttpStatusError, isLivywireError, type LivywireError, type RunOutcome } from '../core/index.js';
import type { SignalName } from './io.js';

/** README's table of exit codes, in one place. */
export const exitCodes = {
  succeeded: 0,
  /** The application ended in failure; nothing else ever. */
  failed: 1,
  usage: 2,
  outOfReach: 3,
  /** Stopped waiting, or detached: the job goes on. */
  stillRunning: 4,
  cancelled: 5,
  lost: 6,
  /** livywire's own error. */
  internal: 70,
} as const;

const signalCodes: Readonly<Record<SignalName, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };
export const codeOfSignal = (signal: SignalName): number => signalCodes[signal];

/** @param retryable what `--exit-retryable` put in the place of 1 for failures that may not come again */
export function codeOfOutcome(outcome: RunOutcome, retryable?: number): number {
  switch (outcome.kind) {
    case 'succeeded':
      return exitCodes.succeeded;
    case 'failed':
      return outcome.diagnosis.transient && retryable !== undefined ? retryable : exitCodes.failed;
    case 'cancelled':
      return exitCodes.cancelled;
    case 'lost':
      return exitCodes.lost;
  }
}

/** What becomes of a statement, and of the application that runs it. */
const sessionCodes: Readonly<Record<string, number>> = {
  STATEMENT_FAILED: exitCodes.failed,
  SESSION_DEAD: exitCodes.failed,
  STATEMENT_CANCELLED: exitCodes.cancelled,
  STATEMENT_UNKNOWN: exitCodes.lost,
};

/** By what the error is, not by where it was thrown. */
export function codeOfError(error: unknown, retryable?: number): number {
  if (!isLivywireError(error)) return exitCodes.internal;
  if (error.code === 'WAIT_TIMEOUT') return exitCodes.stillRunning;
  if (error.code === 'JOB_FAILED' && 'outcome' in error) return codeOfOutcome(error.outcome as RunOutcome, retryable);
  if (error.code === 'HTTP_STATUS') return codeOfStatus(error);
  const ofSession = sessionCodes[error.code];
  if (ofSession !== undefined) return ofSession;
  switch (error.fault) {
    case 'caller':
      return exitCodes.usage;
    case 'service':
      return exitCodes.outOfReach;
    case 'job': // a job that failed is an outcome; anything else of the kind is not its end
    case 'livywire':
      return exitCodes.internal;
  }
}

/** A refusal of what was asked (a wrong base path is one) is the caller's; a server in trouble is not. */
function codeOfStatus(error: LivywireError): number {
  const { status } = error as HttpStatusError;
  return status >= 500 || status === 408 || status === 429 ? exitCodes.outOfReach : exitCodes.usage;
}

const taken: readonly number[] = [...Object.values(exitCodes), ...Object.values(signalCodes)];
/** Whether a person may give this code a meaning of their own. */
export const isFreeCode = (code: number): boolean =>
  Number.isInteger(code) && code >= 1 && code <= 255 && (code === exitCodes.failed || !taken.includes(code));

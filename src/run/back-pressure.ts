import { UnreachableError } from '../core/index.js';

const made = new WeakSet<object>();

/** The server took no more jobs for as long as there was time. Nothing was started. */
export function backPressure(message: string): UnreachableError {
  const error = new UnreachableError(`Still refused when time was up: ${message}`, 'no');
  made.add(error);
  return error;
}

/** Whether a submit failed for no other reason than that: it is in a queue, and the same submit goes on later. */
export const isBackPressure = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && made.has(error);

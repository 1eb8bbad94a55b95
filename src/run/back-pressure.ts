import { UnreachableError } from '../core/index.js';

/** Found again by another copy of this code, too. */
const mark = Symbol.for('livywire.backPressure');

/** The server took no more jobs for as long as there was time. Nothing was started. */
export function backPressure(message: string): UnreachableError {
  const error = new UnreachableError(`Still refused when time was up: ${message}`, 'no');
  return Object.defineProperty(error, mark, { value: true });
}

/** Whether a submit failed for no other reason than that: it is in a queue, and the same submit goes on later. */
export const isBackPressure = (error: unknown): boolean => typeof error === 'object' && error !== null && mark in error;

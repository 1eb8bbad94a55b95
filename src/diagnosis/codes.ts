import { rules } from './rules.js';
import { unknownCode } from './unknown.js';

/** What is known of a code before anything has failed. */
export interface CodeInfo {
  readonly code: string;
  readonly about: string;
  readonly transient: boolean | 'sometimes';
  readonly next: readonly string[];
  /** Why no recorded failure stands behind it. */
  readonly unproven?: string;
}

/** Made by the engine, from outputs and not from a log. */
const ofEngine: CodeInfo = {
  code: 'OUTPUT_MARKER_MISSING',
  about: 'The application succeeded, and the `_SUCCESS` marker of the output that was named did not change.',
  transient: false,
  next: ['See whether the job writes where the output was said to be, and with a committer that leaves `_SUCCESS`'],
  unproven: 'found in the output, not in a log',
};

/** Every code that an outcome can have, those of the rules in their order. */
export const codes: readonly CodeInfo[] = [
  ...rules.map(({ code, about, transient, next, unproven }) => ({ code, about, transient, next, ...(unproven !== undefined && { unproven }) })), // prettier-ignore
  ofEngine,
  unknownCode,
];

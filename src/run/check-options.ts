import { ConfigError } from '../core/index.js';
import type { CancelOptions, EventOptions, LogOptions, SubmitOptions, WaitOptions } from './options.js';

type Options = SubmitOptions & EventOptions & LogOptions & WaitOptions & CancelOptions;

const shown = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : String(value));

/**
 * Refuses what the engine could only misunderstand: a wait of `'60s'` or `NaN` milliseconds would never end, or at once.
 * @throws ConfigError naming the option
 */
export function checkOptions(options: Options): void {
  const wrong = (field: keyof Options, want: string): never => {
    throw new ConfigError(`${field} is ${shown(options[field])}; it takes ${want}`, { field });
  };
  for (const field of ['timeoutMs', 'queueTimeoutMs', 'maxDelayMs', 'deadlineMs'] as const) {
    const value: unknown = options[field];
    if (value === undefined) continue;
    if (typeof value !== 'number' || Number.isNaN(value) || value < 0) wrong(field, 'milliseconds, 0 or more');
  }
  const { tail, retryOf, attempt, key, output } = options;
  if (tail !== undefined && !(Number.isInteger(tail) && tail >= 0)) wrong('tail', 'a number of lines, 0 or more');
  if (options.stream !== undefined && options.stream !== 'stdout' && options.stream !== 'stderr')
    wrong('stream', '"stdout" or "stderr"');
  if (retryOf !== undefined && retryOf !== 'failed' && retryOf !== 'lost') wrong('retryOf', '"failed" or "lost"');
  if (key !== undefined && typeof key !== 'string') wrong('key', 'a text');
  if (attempt !== undefined && !(Number.isSafeInteger(attempt) && attempt >= 1))
    wrong('attempt', 'a whole number, 1 or more');
  for (const field of ['retryOf', 'attempt'] as const) {
    if (options[field] === undefined || key !== undefined) continue;
    throw new ConfigError(
      `${field} needs the key of the run to try again; without one every submit is a run of its own`,
      { field },
    );
  }
  if (output !== undefined && typeof output !== 'string') wrong('output', 'a path');
  const { codeSha256, inputs } = options;
  const arePaths = inputs === undefined || (Array.isArray(inputs) && inputs.every((one) => typeof one === 'string'));
  if (!arePaths) wrong('inputs', 'a list of paths');
  if (codeSha256 !== undefined && !/^[0-9a-f]{64}$/.test(codeSha256)) wrong('codeSha256', '64 hex digits');
}

import { createHash } from 'node:crypto';
import type { Execution } from './payload-types.js';

/** The engine's limit is 1,024 characters. */
const LONGEST = 900;

/**
 * A key of parts that may hold anything: an object's name can have a thousand characters, and line feeds among them. What a key
 * may not hold, or has no room for, becomes a checksum.
 */
export function keyOf(...parts: readonly string[]): string {
  const key = parts.join('/');
  if (key.length <= LONGEST && !/\p{Cc}/u.test(key)) return key;
  return `${parts[0]}/sha256:${createHash('sha256').update(key).digest('hex')}`;
}

/** One for each state of an execution, and for each item of a Map. */
export const keyOfExecution = ({ arn, state, index }: Execution): string =>
  keyOf('sfn', arn, state, ...(index === undefined ? [] : [String(index)]));

/** How often the run was asked for again, by a redrive or by the machine itself. */
export const triesAgain = ({ redriveCount = 0, retries = 0 }: Execution): number => redriveCount + retries;

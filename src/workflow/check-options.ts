import { ConfigError } from '../core/index.js';
import type { MachineRetry } from './own-retries.js';

/** A function by its name or ARN, with a version or an alias where one is to be kept to. */
const functionName = /^(arn:[\w-]+:lambda:[\w-]+:\d{12}:function:)?[\w-]{1,64}(:[\w$-]{1,128})?$/;

/** @throws ConfigError */
export function checkFunction(field: string, name: string): void {
  if (functionName.test(name)) return;
  throw new ConfigError(`${field}: ${JSON.stringify(name)} is neither the name nor the ARN of a Lambda function`, {
    field,
  });
}

/** @throws ConfigError unless it is a whole number, at least `least` */
export function checkWhole(field: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new ConfigError(`${field} must be a whole number, at least ${least}, not ${value}`, { field });
}

/** @throws ConfigError when there is nothing in it */
export function checkText(field: string, value: string): void {
  if (value.trim() !== '') return;
  throw new ConfigError(`${field} must not be empty`, { field });
}

/** @throws ConfigError */
export function checkRetry({ errors, maxAttempts, delaySeconds = 60 }: MachineRetry): void {
  checkWhole('retry.maxAttempts', maxAttempts, 1);
  checkWhole('retry.delaySeconds', delaySeconds, 0);
  if (errors.length === 0) throw new ConfigError('retry.errors names no error', { field: 'retry.errors' });
  const wrong = errors.find((error) => !/^\w+$/.test(error) || error === 'RunTimedOut');
  if (wrong === undefined) return;
  throw new ConfigError(
    wrong === 'RunTimedOut'
      ? 'retry.errors: a run that took too long is not retried; give it a longer timeoutSeconds'
      : `retry.errors: ${JSON.stringify(wrong)} is no code of a diagnosis and no name of an error`,
    { field: 'retry.errors' },
  );
}

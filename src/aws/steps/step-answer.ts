import {
  ConfigError,
  HttpStatusError,
  JobRefusedError,
  plainLine,
  type StartAnswer,
  UnreachableError,
} from '../../core/index.js';
import { type AwsQuestion, awsErrorName, awsStatusOf, explainAwsError } from '../explain-error.js';

/** EMR lets one call of a kind through each two seconds. */
const SLOW_DOWN_MS = 4_000;
/** A place in the queue becomes free with the end of a step. */
const QUEUE_FULL_MS = 15_000;

const isThrottled = (name: string, status: number | undefined): boolean =>
  /throttl|TooManyRequests|RequestLimitExceeded|SlowDown/i.test(name) || status === 429;

/** What an AWS start request that did not succeed came to. Only what certainly started nothing is called so. */
export function readStartFailure(error: unknown, question: AwsQuestion): StartAnswer {
  const [name, status] = [awsErrorName(error), awsStatusOf(error)];
  const words = plainLine(error instanceof Error ? error.message : String(error)).slice(0, 600);
  if (isThrottled(name, status)) {
    return {
      kind: 'busy',
      message: `${question.service} asks to slow down (${name})`,
      retryAfterMs: SLOW_DOWN_MS,
    };
  }
  if (/maximum number of (?:active )?steps/i.test(words)) {
    return {
      kind: 'busy',
      message: "the cluster's step queue is full: EMR holds 256 pending and running steps",
      retryAfterMs: QUEUE_FULL_MS,
    };
  }
  const explained = explainAwsError(error, question);
  if (explained instanceof UnreachableError) {
    return { kind: explained.reached === 'no' ? 'unsent' : 'unknown', error: explained };
  }
  if (explained instanceof ConfigError) return { kind: 'refused', error: explained, leftover: false };
  const isRefusal = status !== undefined && status >= 400 && status < 500 && ![408, 409, 425].includes(status);
  if (!(explained instanceof HttpStatusError) || !isRefusal) return { kind: 'unknown', error: explained };
  const hint = /shutting down|terminated|finished/i.test(words) ? '; choose a cluster that runs' : '';
  const refusal = new JobRefusedError(
    `${question.doing}: ${question.service} refused it: ${words.replace(/\.$/, '')}${hint}`,
    {
      cause: error,
    },
  );
  return { kind: 'refused', error: refusal, leftover: false };
}

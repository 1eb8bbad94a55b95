import {
  AuthError,
  BadAnswerError,
  ConfigError,
  HttpStatusError,
  JobRefusedError,
  type LivywireError,
  type StartAnswer,
  UnreachableError,
} from '../core/index.js';
import { statusOf } from './status.js';
import type { Batch } from './wire.js';

/** A 2xx: ours if it carries our name. */
export function readStarted(batch: Batch, name: string): StartAnswer {
  if (batch.name === name) return { kind: 'started', status: statusOf(batch) };
  const seen = batch.name === undefined ? 'no name' : `the name ${JSON.stringify(batch.name)}`;
  const error = new BadAnswerError(`Livy answered the POST for ${name} with batch ${batch.id}, which has ${seen}`, '');
  return { kind: 'unknown', error };
}

/** What a POST that did not succeed came to. Only what certainly started nothing is called so. */
export function readFailure(error: LivywireError, endpoint: string): StartAnswer {
  if (error instanceof UnreachableError) return { kind: error.reached === 'no' ? 'unsent' : 'unknown', error };
  if (error instanceof AuthError || error instanceof ConfigError) return { kind: 'refused', error, leftover: false };
  if (error instanceof HttpStatusError) return readStatusCode(error, endpoint);
  return { kind: 'unknown', error };
}

function readStatusCode(error: HttpStatusError, endpoint: string): StartAnswer {
  const { status, serverMessage, retryAfterMs } = error;
  // 408, 409, 425: somebody on the way gave up or saw it twice; Livy itself never says these.
  if (status >= 500 || status < 400 || status === 408 || status === 409 || status === 425)
    return { kind: 'unknown', error };
  // A 400 of Livy's, and not of the job's: the name is taken, or too many are being created at once.
  if (/duplicate session name/i.test(serverMessage)) return { kind: 'duplicate' };
  if (status === 429 || /too many (sessions|batches)|max(imum)?\b.{0,40}\bsessions?/i.test(serverMessage)) {
    const message = serverMessage === '' ? `HTTP ${status}` : serverMessage;
    return { kind: 'busy', message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  const refused = (text: string) => new JobRefusedError(text, { cause: error });
  if (status === 404) {
    const text = `There is no Livy at ${endpoint}: POST /batches answers 404. Check the address and its base path`;
    return { kind: 'refused', error: refused(text), leftover: false };
  }
  const said = serverMessage === '' ? `HTTP ${status}` : serverMessage;
  const hint = /unrecognized field "name"/i.test(said) ? ' (names need Livy 0.6 or newer)' : '';
  // The session may be registered before its content is refused: its name is then taken until it is deleted.
  return { kind: 'refused', error: refused(`Livy refused the job: ${said}${hint}`), leftover: true };
}

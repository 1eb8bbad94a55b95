import type { RunOutcome } from '../core/index.js';
import { cut } from './cut.js';

/** Step Functions makes its cause of the message, and people read it there. */
const MESSAGE_LENGTH = 1_000;

/**
 * What a handler throws: a name, which `ErrorEquals` matches, and a message. Lambda writes down every field of an error that
 * it is thrown, so there are no others: no request, no cause.
 */
export class HandlerError extends Error {
  constructor(name: string, message: string) {
    super(cut(message, MESSAGE_LENGTH));
    Object.defineProperty(this, 'name', { value: name, configurable: true, enumerable: false });
    // Of the place in a minified file nobody has any use.
    this.stack = `${name}: ${this.message}`;
  }
}

/** An error under its own name, and nothing of it but its words. */
export const clean = (error: unknown): HandlerError =>
  error instanceof HandlerError
    ? error
    : error instanceof Error
      ? new HandlerError(error.name, error.message)
      : new HandlerError('Error', String(error));

type NotWell = Exclude<RunOutcome, { kind: 'succeeded' }>;

/** A run that ended not well, as the error that ends its execution: title, evidence, what to do. */
export function errorOfOutcome(outcome: NotWell, timedOut: boolean): HandlerError {
  const { key, attempt, appId } = outcome.ref;
  const run = `${key} (attempt ${attempt}${appId === undefined ? '' : `, ${appId}`})`;
  switch (outcome.kind) {
    case 'failed': {
      const { code, title, lines, next } = outcome.diagnosis;
      // The key may be a thousand characters long, and says least: it comes last.
      const parts = [title, lines[0]?.text, next[0], `Run ${run}`].filter((part) => part !== undefined);
      return new HandlerError(code, parts.map((part) => cut(part, 400)).join(' | '));
    }
    case 'cancelled':
      if (timedOut)
        return new HandlerError('RunTimedOut', `It was stopped, for it was older than its limit. Run ${run}`);
      return new HandlerError(
        'RunCancelled',
        `It was stopped by ${outcome.by === 'livywire' ? 'livywire' : 'somebody else'}${
          outcome.message === undefined ? '' : `: ${cut(outcome.message, 300)}`
        }. Run ${run}`,
      );
    case 'lost': {
      const asked = outcome.evidence.slice(-4).map(({ source, answer }) => `${source}: ${answer}`);
      return new HandlerError('RunLost', `Nobody knows how it ended (${cut(asked.join('; '), 500)}). Run ${run}`);
    }
  }
}

import { cut } from './cut.js';

/** Step Functions makes its cause of the message, and people read it there. */
const MESSAGE_LENGTH = 1_000;

const brand = Symbol.for('livywire.handlerError');
const ofRun = Symbol.for('livywire.handlerError.ofRun');

/**
 * What a handler throws: a name, which `ErrorEquals` matches, and a message. Lambda writes down every field of an error that
 * it is thrown, so there are no others: no request, no cause.
 */
export function handlerError(name: string, message: string, about: 'handler' | 'run' = 'handler'): Error {
  const error = new Error(cut(message, MESSAGE_LENGTH));
  const hidden = (value: unknown) => ({ value, configurable: true, enumerable: false });
  return Object.defineProperties(error, {
    name: hidden(name),
    // Of the place in a minified file nobody has any use.
    stack: hidden(`${name}: ${error.message}`),
    [brand]: hidden(true),
    ...(about === 'run' && { [ofRun]: hidden(true) }),
  });
}

/** An error under its own name, and nothing of it but its words. */
export function clean(error: unknown): Error {
  if (!(error instanceof Error)) return handlerError('Error', String(error));
  return brand in error ? error : handlerError(error.name, error.message);
}

/** Whether it says how a run ended: then the handler did what it should. */
export const isOfRun = (error: Error): boolean => ofRun in error;

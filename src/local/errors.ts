import { LivywireError } from '../core/index.js';

/** The local servers could not be fetched, started or stopped. The message holds the end of the log that says why. */
export class LocalError extends LivywireError {
  override readonly name = 'LocalError';
  override readonly code = 'LOCAL';
  override readonly fault = 'service';
  /** The last lines of the log or of the tool's output, oldest first. */
  readonly tail: readonly string[];
  constructor(message: string, options: ErrorOptions & { readonly tail?: readonly string[] } = {}) {
    const tail = options.tail ?? [];
    super(tail.length === 0 ? message : `${message}\n${tail.map((line) => `  | ${line}`).join('\n')}`, options);
    this.tail = tail;
  }
}

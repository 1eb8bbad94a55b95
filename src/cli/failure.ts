import { isLivywireError, redactText } from '../core/index.js';
import { codeOfError, codeOfSignal, exitCodes } from './exit-code.js';
import { Interrupted } from './interrupts.js';
import type { Io } from './io.js';
import type { Terminal } from './terminal.js';

/**
 * Says what went wrong, once, in words; the stack only to those who set LIVYWIRE_DEBUG.
 * @returns the exit code
 */
export function sayError(error: unknown, out: Terminal, io: Pick<Io, 'env' | 'version'>, retryable?: number): number {
  if (error instanceof Interrupted) return sayInterrupted(error, out);
  const code = codeOfError(error, retryable);
  const debug = io.env.LIVYWIRE_DEBUG !== undefined && io.env.LIVYWIRE_DEBUG !== '';
  const message = error instanceof Error ? error.message : String(error);
  const ours = isLivywireError(error);
  if (ours) {
    out.error(message);
    if (error.code === 'KEY_CONFLICT') {
      out.error(
        '--key with another name starts another run; --retry-of failed, a new attempt once this one has failed',
      );
    }
  } else {
    out.error(`This is a mistake in livywire ${io.version}, not in your job: ${message}`);
    out.error(
      `Please report it together with the command (npm bugs livywire opens the place)${debug ? '' : '; LIVYWIRE_DEBUG=1 shows where it happened'}`,
    );
  }
  if (debug && error instanceof Error && error.stack !== undefined) out.error(error.stack);
  const facts = ours
    ? { name: error.name, code: error.code, fault: error.fault, retryable: error.retryable }
    : { name: 'InternalError', code: 'INTERNAL', fault: 'livywire', retryable: false };
  out.document({
    v: 1,
    kind: 'error',
    error: {
      ...facts,
      message: redactText(message),
      ...(ours && 'field' in error && error.field !== undefined && { field: error.field }),
      ...(ours && 'ref' in error && { ref: error.ref }),
    },
    exitCode: code,
  });
  return code;
}

/** A verb that follows no run was stopped by a signal, or nobody reads its output any more. */
function sayInterrupted({ signal }: Interrupted, out: Terminal): number {
  if (signal === undefined) return exitCodes.succeeded;
  const code = codeOfSignal(signal);
  out.document({ v: 1, kind: 'interrupted', signal, exitCode: code });
  return code;
}

import { type Diagnosis, isLivywireError, plainLine, redactText } from '../core/index.js';
import type { Context } from './define.js';
import { codeOfError } from './exit-code.js';
import { diagnosisLines } from './show.js';

interface SessionFailure {
  readonly code: string;
  readonly message: string;
  readonly diagnosis?: Diagnosis;
  readonly traceback?: readonly string[];
  readonly evalue?: string;
  readonly ename?: string;
}

const SAID_HERE = ['STATEMENT_FAILED', 'STATEMENT_CANCELLED', 'SESSION_DEAD'];

/** What `failure.ts` has fewer words for than there are. */
export const isOfSession = (error: unknown): error is Error & SessionFailure =>
  isLivywireError(error) && SAID_HERE.includes(error.code);

/** An exception with its traceback, a dead session with its diagnosis: on stderr. @returns the exit code */
export function sayFailure(error: Error & SessionFailure, { out, io }: Pick<Context, 'out' | 'io'>): number {
  if (error.code === 'STATEMENT_FAILED') {
    const { ename = 'Error', evalue = '', traceback = [] } = error;
    // Of the JVM it is Livy's own stack, and as long as a screen; Python's is the person's code.
    const isPython = traceback.some((line) => line.endsWith('\n'));
    const isDebug = (io.env.LIVYWIRE_DEBUG ?? '') !== '';
    const trace = isPython || isDebug ? traceback.flatMap((line) => line.replace(/\n$/, '').split('\n')) : [];
    const last = trace.at(-1) ?? '';
    const head = `${ename}: ${evalue.trimEnd()}`;
    out.error([...(last !== '' && head.startsWith(last) ? trace.slice(0, -1) : trace), head].join('\n'));
  } else {
    out.error(error.message);
    if (error.diagnosis) {
      for (const line of diagnosisLines(error.diagnosis, out.paintNote)) out.error(line);
    }
  }
  return codeOfError(error);
}

/** The failure in the document of `--json`. */
export const documentOfError = (error: Error & SessionFailure, exitCode: number): object => ({
  v: 1,
  kind: 'error',
  error: {
    name: error.name,
    code: error.code,
    message: redactText(plainLine(error.message)),
    ...(error.traceback && { traceback: error.traceback.map((line) => redactText(line)) }),
    ...(error.diagnosis && { diagnosis: error.diagnosis }),
  },
  exitCode,
});

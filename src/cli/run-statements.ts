import type { LiveSession, SessionOptions, StatementRun } from '../app/index.js';
import { type Diagnosis, isLivywireError, plainLine, redactText } from '../core/index.js';
import type { Context } from './define.js';
import { codeOfError, exitCodes } from './exit-code.js';
import { Interrupts } from './interrupts.js';
import { ProgressView } from './progress-view.js';
import { openFor, type SessionArgs } from './session-flags.js';
import { diagnosisLines } from './show.js';
import { safeJson } from './terminal.js';
import { documentOf, type Format, readingWords, writeResult } from './statement-view.js';
import { jsonText } from './cells.js';

/** How long a signal waits for a server: nobody's shutdown is held up. */
const LEAVE_WITHIN_MS = 4_000;

export interface Work {
  readonly kind: NonNullable<SessionOptions['kind']>;
  readonly codes: readonly string[];
  readonly format: Format;
}

/** Opens a session, runs one statement after the other until one fails, and leaves it. @returns the exit code */
export async function runStatements(work: Work, args: SessionArgs, context: Context): Promise<number> {
  const { io, out } = context;
  const interrupts = new Interrupts(io, { onSignal: 'leave', ask: false });
  let session: LiveSession | undefined;
  const done: object[] = [];
  let code: number = exitCodes.succeeded;
  try {
    session = await openFor(args, work.kind, context, interrupts.signal);
    for (const one of work.codes) done.push(await runOne(session, one, work, context, interrupts));
  } catch (error) {
    if (!isOfSession(error)) throw error;
    code = sayFailure(error, context);
    writeDocument({ ...documentOfError(error, code), statements: done }, out);
    return code;
  } finally {
    await leave(session, context, interrupts);
    interrupts.close();
  }
  writeDocument({ v: 1, kind: 'statements', statements: done, exitCode: code }, out);
  return code;
}

/** By hand: JSON.stringify, which writes all other documents, has no word for a bigint. */
function writeDocument(document: object, out: Context['out']): void {
  if (out.options.json) out.raw(`${safeJson(jsonText(document))}\n`);
}

async function runOne(
  session: LiveSession,
  code: string,
  { kind, format }: Work,
  context: Context,
  interrupts: Interrupts,
): Promise<object> {
  const { io, out } = context;
  interrupts.signal.throwIfAborted();
  const statement = await session.start(code, { kind, signal: NEVER });
  const view = new ProgressView(io, out);
  const stop = (): void => void cancel(statement, context);
  interrupts.signal.addEventListener('abort', stop, { once: true });
  try {
    if (interrupts.signal.aborted) stop();
    await follow(statement, view, interrupts);
  } finally {
    interrupts.signal.removeEventListener('abort', stop);
    view.close();
  }
  const result = await statement.result();
  writeResult(result, format, context);
  return documentOf(result);
}

/** The session's own signal is for its opening; a statement is cancelled by hand, so that its end is still seen. */
const NEVER = new AbortController().signal;

async function follow(statement: StatementRun, view: ProgressView, interrupts: Interrupts): Promise<void> {
  for await (const reading of statement) {
    const { state, progress } = reading;
    view.show({
      step: 'statement',
      message: readingWords({ ...reading, progress: 0 }),
      ...(state === 'running' && progress > 0 && { done: progress, total: 1 }),
    });
    if (interrupts.again.aborted) throw interrupts.again.reason;
  }
}

async function cancel(statement: StatementRun, { out }: Context): Promise<void> {
  out.note(`cancelling statement ${statement.id}; what waits for no Spark takes 30 s, a second signal waits no longer`);
  await statement.cancel().catch((error: unknown) => {
    out.warn(`the cancel was not taken: ${error instanceof Error ? error.message : String(error)}`);
  });
}

async function leave(session: LiveSession | undefined, { out, io }: Context, interrupts: Interrupts): Promise<void> {
  if (!session) return;
  if (!session.closes) return void (await session.leave());
  const late = new AbortController();
  const slow = interrupts.signal.aborted
    ? io.clock.sleep(LEAVE_WITHIN_MS, late.signal).then(
        () => 'late' as const,
        () => 'late' as const,
      )
    : new Promise<never>(() => undefined);
  const left = session.leave().then(
    () => 'left' as const,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const how = await Promise.race([left, slow]);
  late.abort();
  if (how !== 'left') {
    out.warn(
      `session ${session.name} may be open still (${how === 'late' ? 'its end takes long' : how}): Livy ends it 10 minutes after our last word`,
    );
  }
}

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

const documentOfError = (error: Error & SessionFailure, exitCode: number): object => ({
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

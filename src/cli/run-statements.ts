import type { LiveSession, SessionOptions, StatementRun } from '../app/index.js';
import { orAborted } from '../core/index.js';
import type { Context } from './define.js';
import { exitCodes } from './exit-code.js';
import { Interrupted, Interrupts } from './interrupts.js';
import { LEAVE_WITHIN_MS, leaveSession } from './leave-session.js';
import { ProgressView } from './progress-view.js';
import { openFor, type SessionArgs } from './session-flags.js';
import { documentOfError, isOfSession, sayFailure } from './session-failure.js';
import { safeJson } from './terminal.js';
import { documentOf, type Format, showReadings, writeResult } from './statement-view.js';
import { jsonText } from './cells.js';

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
    await leaveSession(session, context, interrupts.signal);
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
  const { signal } = interrupts;
  signal.throwIfAborted();
  const statement = await session.start(code, { kind, signal: NEVER });
  const view = new ProgressView(io, out);
  const late = new AbortController();
  const stop = (): void => void cancel(statement, context, signal.reason, late);
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) stop();
    const unwanted = AbortSignal.any([interrupts.again, late.signal]);
    await orAborted(showReadings(statement, view, unwanted), unwanted);
  } finally {
    signal.removeEventListener('abort', stop);
    view.close();
  }
  const result = await statement.result();
  writeResult(result, format, session, context);
  return documentOf(result);
}

/** The session's own signal is for its opening; a statement is cancelled by hand, so that its end is still seen. */
const NEVER = new AbortController().signal;

/** A person at a terminal may wait for its end; whoever else sent a signal is gone in seconds. */
async function cancel(
  statement: StatementRun,
  { out, io }: Context,
  reason: unknown,
  late: AbortController,
): Promise<void> {
  const isPerson = io.stdin.isTTY && reason instanceof Interrupted && reason.signal === 'SIGINT';
  statement.cancel().catch((error: unknown) => {
    out.warn(`the cancel was not taken: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (isPerson) return out.note(`cancelling statement ${statement.id}; Ctrl-C again waits no longer`);
  await io.clock.sleep(LEAVE_WITHIN_MS);
  if (!statement.hasEnded) out.warn(`statement ${statement.id} was asked to stop, and has not been seen to`);
  late.abort(reason);
}

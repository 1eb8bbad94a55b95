import type { LiveSession, StatementRun } from '../../app/index.js';
import { isLivywireError, orAborted } from '../../core/index.js';
import type { Context } from '../define.js';
import { exitCodes } from '../exit-code.js';
import { sayError } from '../failure.js';
import type { Interrupts } from '../interrupts.js';
import { ProgressView } from '../progress-view.js';
import { isOfSession, sayFailure } from '../session-failure.js';
import { splitSql, statementsOf } from '../split-sql.js';
import { showReadings, writeResult } from '../statement-view.js';
import { History } from './history.js';
import type { ShellKind } from './is-complete.js';
import { Lines } from './lines.js';
import { Gathering, type ShellCommand, shellCommands } from './typed.js';

const LOG_LINES = 40;
/** Nobody waits longer for a Tab. */
const COMPLETE_WITHIN_MS = 3_000;

/** Why the loop ended. */
type Left = { readonly code: number; readonly close: boolean };

/** Reads a line, runs it in the session, prints what comes of it. */
export class Shell {
  readonly #session: LiveSession;
  readonly #kind: ShellKind;
  readonly #context: Context;
  readonly #interrupts: Interrupts;
  readonly #gathering: Gathering;
  #running: StatementRun | undefined;
  /** What Ctrl-C was pressed for once. */
  #asked: StatementRun | undefined;
  /** Aborts when a person waits no longer for a statement. */
  #patience = new AbortController();

  constructor(session: LiveSession, kind: ShellKind, context: Context, interrupts: Interrupts) {
    this.#session = session;
    this.#kind = kind;
    this.#context = context;
    this.#interrupts = interrupts;
    this.#gathering = new Gathering(kind);
  }

  async run(): Promise<Left> {
    const history = new History(this.#context.io, this.#kind);
    const lines = await Lines.open(this.#context.io, {
      history,
      complete: (line) => this.#complete(line),
      onInterrupt: () => this.#interrupt(),
    });
    try {
      return await this.#loop(lines);
    } finally {
      lines.close();
      if (lines.isTerminal) await history.write();
    }
  }

  async #loop(lines: Lines): Promise<Left> {
    const { signal } = this.#interrupts;
    const name = this.#kind === 'spark' ? 'scala' : this.#kind;
    for (;;) {
      const prompt = this.#gathering.isEmpty ? `${name}> ` : `${'.'.repeat(name.length)}> `;
      const key = await orAborted(lines.next(prompt), signal);
      if (key.type === 'interrupt') {
        this.#gathering.clear();
        continue;
      }
      const typed = key.type === 'end' ? this.#gathering.end() : this.#gathering.take(key.text);
      if (typed.type === 'command') {
        const left = await this.#obey(typed.name);
        if (left) return left;
      }
      const code = typed.type === 'code' ? await this.#send(typed.kind, typed.code) : exitCodes.succeeded;
      // A script ends at its first failure; a person goes on.
      if (code === 'over' || (code !== exitCodes.succeeded && !lines.isTerminal)) {
        return { code: code === 'over' ? exitCodes.failed : code, close: false };
      }
      if (key.type === 'end') return { code, close: false };
    }
  }

  async #obey(command: ShellCommand): Promise<Left | undefined> {
    const { out, signal } = this.#context;
    switch (command) {
      case ':quit':
        return { code: exitCodes.succeeded, close: false };
      case ':close':
        return { code: exitCodes.succeeded, close: true };
      case ':log':
        for (const line of (await this.#session.log({ signal })).slice(-LOG_LINES)) out.log(line);
        return undefined;
      case ':help':
        out.note(helpText(this.#kind));
        return undefined;
    }
  }

  /** @returns the exit code that it would have, or `over` when the session is */
  async #send(kind: ShellKind, text: string): Promise<number | 'over'> {
    for (const code of kind === 'sql' ? statementsOf(text) : [text]) {
      try {
        await this.#runOne(kind, code);
      } catch (error) {
        if (this.#interrupts.signal.aborted) throw error;
        if (!isLivywireError(error)) throw error;
        const { out, io } = this.#context;
        const exit = isOfSession(error) ? sayFailure(error, this.#context) : sayError(error, out, io);
        if (error.code === 'STATEMENT_CANCELLED') await this.#sayBusy();
        return error.code === 'SESSION_DEAD' ? 'over' : exit;
      }
    }
    return exitCodes.succeeded;
  }

  async #runOne(kind: ShellKind, code: string): Promise<void> {
    const { io, out } = this.#context;
    const patience = new AbortController();
    this.#patience = patience;
    const view = new ProgressView(io, out);
    let statement: StatementRun;
    try {
      statement = await this.#session.start(code, { kind });
      this.#running = statement;
      const waited = AbortSignal.any([patience.signal, this.#interrupts.signal]);
      await orAborted(showReadings(statement, view, waited), waited).catch((error: unknown) => {
        if (error !== GIVEN_UP) throw error;
      });
    } finally {
      this.#running = undefined;
      view.close();
    }
    if (patience.signal.reason === GIVEN_UP) {
      out.warn(`statement ${statement.id} has not ended; what you send now waits for it`);
      return;
    }
    writeResult(await statement.result(), 'table', this.#session, this.#context);
  }

  /** Ctrl-C: once cancels the statement, twice waits for it no longer. */
  #interrupt(): boolean {
    const { out } = this.#context;
    const running = this.#running;
    if (!running) return false;
    if (this.#asked === running) {
      this.#patience.abort(GIVEN_UP);
      return true;
    }
    this.#asked = running;
    out.note(`cancelling statement ${running.id}; Ctrl-C again waits no longer`);
    running.cancel().catch((error: unknown) => out.warn(error instanceof Error ? error.message : String(error)));
    return true;
  }

  async #sayBusy(): Promise<void> {
    const state = await this.#session.state().catch(() => undefined);
    if (state === 'busy') {
      this.#context.out.warn(
        'its code runs on, for only Spark can be stopped: what you send now waits until it ends by itself',
      );
    }
  }

  async #complete(line: string): Promise<readonly [readonly string[], string]> {
    const [part = ''] = /[\w$]*$/.exec(line) ?? [];
    if (this.#running || line.trim() === '') return [[], part];
    const before = this.#gathering.text;
    const { kind, code } = this.#gathering.read(before === '' ? line : `${before}\n${line}`);
    // Of SQL what stands before the last semicolon is none of its business.
    const text = kind === 'sql' ? splitSql(code).rest : code;
    const words = await this.#session.complete(text, text.length, { kind, timeoutMs: COMPLETE_WITHIN_MS });
    return [[...new Set(words)].filter((word) => word.startsWith(part)).sort(), part];
  }
}

const GIVEN_UP = new Error('waited no longer');

const helpText = (kind: ShellKind): string =>
  [
    'Ctrl-C cancels the statement that runs, Ctrl-D leaves, Tab completes where the server can',
    kind === 'sql'
      ? 'a statement ends with its semicolon'
      : '%%sql at the head of a block makes it SQL, to its semicolon or an empty line',
    ...Object.entries(shellCommands).map(([name, what]) => `${name.padEnd(8)}${what}`),
  ].join('\n');

import type { Run } from '../app/index.js';
import { isFinal, plainLine, type RunEvent, type RunProgress, type RunStatus, type RunWaiting } from '../core/index.js';
import type { Io } from './io.js';
import type { LiveLine } from './live-line.js';
import { endedWords, hasUnicode, progressLines } from './progress-bars.js';
import { gapWords, idsOf, paintState, plain, since, stateWords } from './show.js';
import type { Terminal } from './terminal.js';

/** Without a terminal, why it waits is said again when something about it has changed, and no sooner than this. */
const WAITING_AGAIN_MS = 60_000;
/** Every run waits for a moment: this is no news without a terminal. */
const WAITING_AT_FIRST_MS = 20_000;

/** A run as it goes: a live line on a terminal, a line for each change elsewhere, the log in both. */
export class RunView {
  readonly #run: Run;
  readonly #io: Io;
  readonly #out: Terminal;
  #status: RunStatus | undefined;
  #saidState = '';
  #progress: RunProgress | undefined;
  #waiting: RunWaiting | undefined;
  #saidWaiting = { what: '', atMs: -Infinity };
  #live: LiveLine | undefined;
  /** That it has ended, in words: said when what is known of its stages has been said. */
  #end: string | undefined;
  /** Whether it was seen before it ended: of one that was not, the stages were told to whoever followed it. */
  #wasSeen: boolean;
  #closed = false;

  constructor(run: Run, io: Io, out: Terminal) {
    this.#run = run;
    this.#wasSeen = run.how === 'started';
    this.#io = io;
    this.#out = out;
    if (out.isLive && io.stderr.stream) void this.#goLive(io.stderr.stream);
  }

  async #goLive(stream: NodeJS.WriteStream): Promise<void> {
    const { LiveLine } = await import('./live-line.js'); // only here: pipes need none of it
    if (this.#closed) return;
    this.#live = new LiveLine(stream, () => this.#render());
    this.#out.live = this.#live;
  }

  show(event: RunEvent): void {
    const out = this.#out;
    switch (event.type) {
      case 'line':
        return out.log(event.text);
      case 'gap':
        return out.gap(gapWords(event));
      case 'notice':
        this.#sayEnd();
        return out.note(event.text);
      case 'state':
        this.#wasSeen ||= !isFinal(event.status);
        this.#status = event.status;
        this.#waiting = event.status.waiting;
        if (out.isLive) this.#live?.draw();
        else if (this.#isNewState(event.status)) this.#sayState(event.status);
        return;
      case 'progress':
        this.#progress = event.progress;
        if (event.progress.tasks.running > 0) this.#waiting = undefined;
        if (out.isLive) this.#live?.draw();
        else if (this.#wasSeen) for (const stage of event.progress.ended ?? []) out.note(endedWords(stage));
        return;
      case 'waiting':
        this.#waiting = event.waiting;
        if (out.isLive) this.#live?.draw();
        else this.#sayWaiting(event.waiting);
        return;
      case 'outcome':
        return;
    }
  }

  #sayState(status: RunStatus): void {
    const words = [
      stateWords(status),
      // How long ago it ended nobody has said yet; the outcome may know how long it took.
      ...(isFinal(status) ? [] : [`after ${since(this.#run.ref.createdAt, this.#io.clock.now())}`]),
      ...idsOf(this.#run.ref),
      ...(status.waiting ? [plain(status.waiting.summary)] : []),
    ].join(', ');
    if (isFinal(status)) this.#end = words;
    else this.#out.note(words);
  }

  #sayEnd(): void {
    if (this.#end !== undefined) this.#out.note(this.#end);
    this.#end = undefined;
  }

  /** A link that came later is told as a state, too, and would be the same words once more. */
  #isNewState({ source, raw }: RunStatus): boolean {
    const said = JSON.stringify([source, raw, idsOf(this.#run.ref)]);
    const isNew = said !== this.#saidState;
    this.#saidState = said;
    return isNew;
  }

  /** What changes by itself, the time and a few percent, is no news. */
  #sayWaiting({ summary, causes, never, waitedMs = 0, queue }: RunWaiting): void {
    const now = this.#io.clock.now();
    if (causes.length === 0 && waitedMs < WAITING_AT_FIRST_MS) return;
    const what = JSON.stringify([causes, never, queue?.ahead, queue?.largest?.appId]);
    const { atMs, what: before } = this.#saidWaiting;
    const isNewNever = never !== undefined && !before.includes(JSON.stringify(never));
    if (what === before || (now - atMs < WAITING_AGAIN_MS && !isNewNever)) return;
    this.#saidWaiting = { what, atMs: now };
    if (never === undefined) this.#out.note(summary);
    else this.#out.warn(summary);
  }

  close(): void {
    this.#sayEnd();
    this.#closed = true;
    this.#live?.stop();
    this.#out.live = undefined;
    this.#live = undefined;
  }

  #render(): string {
    const { ref } = this.#run;
    const paint = this.#out.paintNote;
    const status = this.#status;
    const state = status ? stateWords(status) : 'submitted';
    const rest = [since(ref.createdAt, this.#io.clock.now()), plain(ref.key), ...idsOf(ref)].join('  ');
    // Cut before it is painted, so that no escape sequence is cut in two and the line stays one line.
    const room = (this.#io.stderr.columns ?? 80) - 1;
    const line = `${plainLine(state)}  ${rest}`.slice(0, Math.max(10, room));
    const head = `${paintState(status?.state ?? 'waiting', line.slice(0, state.length), paint)}${paint.dim(line.slice(state.length))}`;
    const columns = Math.max(10, room);
    const waits = this.#waiting ? waitingLine(this.#waiting, columns, paint) : [];
    const style = { columns, unicode: hasUnicode(this.#io.env), paint };
    return [head, ...waits, ...(this.#progress ? progressLines(this.#progress, style) : [])].join('\n');
  }
}

function waitingLine({ summary, never }: RunWaiting, columns: number, paint: Terminal['paintNote']): string[] {
  const text = `  ${plain(summary)}`;
  const shown = text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
  return [never === undefined ? paint.dim(shown) : paint.yellow(shown)];
}

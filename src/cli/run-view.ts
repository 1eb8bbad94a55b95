import type { Run } from '../app/index.js';
import { isFinal, plainLine, type RunEvent, type RunProgress, type RunStatus } from '../core/index.js';
import type { Io } from './io.js';
import type { LiveLine } from './live-line.js';
import { idsOf, paintState, plain, since, stateWords } from './show.js';
import type { Terminal } from './terminal.js';

/** A run as it goes: a live line on a terminal, a line for each change elsewhere, the log in both. */
export class RunView {
  readonly #run: Run;
  readonly #io: Io;
  readonly #out: Terminal;
  #status: RunStatus | undefined;
  #progress: RunProgress | undefined;
  #live: LiveLine | undefined;
  #closed = false;

  constructor(run: Run, io: Io, out: Terminal) {
    this.#run = run;
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
        return out.gap(`${event.lines ?? 'some'} ${event.stream} lines are missing here: ${event.reason}`);
      case 'notice':
        return out.note(event.text);
      case 'state':
        this.#status = event.status;
        if (out.isLive) this.#live?.draw();
        else
          out.note(
            [
              stateWords(event.status),
              // How long ago it ended nobody has said yet; the outcome may know how long it took.
              ...(isFinal(event.status) ? [] : [`after ${since(this.#run.ref.createdAt, this.#io.clock.now())}`]),
              ...idsOf(this.#run.ref),
            ].join(', '),
          );
        return;
      case 'progress':
        this.#progress = event.progress;
        return this.#live?.draw();
      case 'waiting':
        return out.note(event.waiting.summary);
      case 'outcome':
        return;
    }
  }

  close(): void {
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
    const rest = [
      since(ref.createdAt, this.#io.clock.now()),
      plain(ref.key),
      ...idsOf(ref),
      ...(this.#progress ? [progressWords(this.#progress)] : []),
    ].join('  ');
    // Cut before it is painted, so that no escape sequence is cut in two and the line stays one line.
    const room = (this.#io.stderr.columns ?? 80) - 1;
    const line = `${plainLine(state)}  ${rest}`.slice(0, Math.max(10, room));
    return `${paintState(status?.state ?? 'waiting', line.slice(0, state.length), paint)}${paint.dim(line.slice(state.length))}`;
  }
}

function progressWords({ stages, tasks }: RunProgress): string {
  const part = (done: number, total: number | undefined): string =>
    total === undefined ? String(done) : `${done}/${total}`;
  return `stages ${part(stages.done, stages.total)}  tasks ${part(tasks.done, tasks.total)}${tasks.failed > 0 ? ` (${tasks.failed} failed)` : ''}`;
}

import type { Io } from './io.js';
import type { LiveLine } from './live-line.js';
import { barLine, hasUnicode } from './progress-bars.js';
import { age, plain } from './show.js';
import type { Terminal } from './terminal.js';

export interface Progress {
  readonly step: string;
  readonly message: string;
  readonly done?: number;
  readonly total?: number;
}

/** Work that goes through steps: a live line on a terminal; elsewhere a line when a step or its words change. */
export class ProgressView {
  readonly #io: Io;
  readonly #out: Terminal;
  readonly #startedMs: number;
  #now: Progress | undefined;
  #live: LiveLine | undefined;
  #closed = false;

  constructor(io: Io, out: Terminal) {
    this.#io = io;
    this.#out = out;
    this.#startedMs = io.clock.now();
    if (out.isLive && io.stderr.stream) void this.#goLive(io.stderr.stream);
  }

  async #goLive(stream: NodeJS.WriteStream): Promise<void> {
    const { LiveLine } = await import('./live-line.js');
    if (this.#closed) return;
    this.#live = new LiveLine(stream, () => this.#render());
    this.#out.live = this.#live;
  }

  show(progress: Progress): void {
    const last = this.#now;
    this.#now = progress;
    if (this.#out.isLive) return this.#live?.drawSoon();
    // A step that is counted says so once; its figures would flood a log file.
    const isCounting = progress.total !== undefined && last?.step === progress.step && last.total !== undefined;
    if (!isCounting && last?.message !== progress.message) this.#out.note(progress.message);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#live?.stop();
    this.#out.live = undefined;
  }

  #render(): string {
    const { message = 'starting', done, total } = this.#now ?? {};
    const columns = Math.max(10, (this.#io.stderr.columns ?? 80) - 1);
    const paint = this.#out.paintNote;
    const took = `  ${age(this.#io.clock.now() - this.#startedMs)}`;
    if (done === undefined || total === undefined || total === 0) {
      return paint.dim(`${plain(message)}${took}`.slice(0, columns));
    }
    const filled = Math.min(1, done / total);
    const counts = `${Math.floor(filled * 100)} %`;
    const style = { columns, paint, unicode: hasUnicode(this.#io.env) };
    return barLine({ before: plain(message), counts, filled, failed: '', rest: took }, style);
  }
}

import { createLogUpdate } from 'log-update';

const TICK_MS = 1_000;
/** Lines come in bursts: the line is drawn again when a burst is through. */
const SETTLE_MS = 40;

/** One line at the bottom of a terminal, drawn again each second. What scrolls above it clears it first. */
export class LiveLine {
  readonly #update: ReturnType<typeof createLogUpdate>;
  readonly #render: () => string;
  readonly #tick: NodeJS.Timeout;
  #soon: NodeJS.Timeout | undefined;
  #isDrawn = false;
  #isHeld = false;

  constructor(stream: NodeJS.WriteStream, render: () => string) {
    this.#update = createLogUpdate(stream);
    this.#render = render;
    this.#tick = setInterval(() => this.draw(), TICK_MS);
    this.#tick.unref();
    this.draw();
  }

  draw(): void {
    if (this.#isHeld) return;
    this.#update(this.#render());
    this.#isDrawn = true;
  }

  drawSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.draw();
    }, SETTLE_MS);
    this.#soon.unref();
  }

  clear(): void {
    if (this.#isDrawn) this.#update.clear();
    this.#isDrawn = false;
  }

  /** Makes room for a question. */
  hold(): void {
    this.#isHeld = true;
    this.clear();
    this.#update.done(); // the cursor is needed
  }

  release(): void {
    this.#isHeld = false;
    this.draw();
  }

  /** Takes the line away and gives the cursor back. */
  stop(): void {
    clearInterval(this.#tick);
    clearTimeout(this.#soon);
    this.#isHeld = true;
    this.clear();
    this.#update.done();
  }
}

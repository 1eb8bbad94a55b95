import { createColors } from 'picocolors';
import { plainLine, redactText } from '../core/index.js';
import type { Io } from './io.js';
import type { LiveLine } from './live-line.js';

export interface TerminalOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

// What JSON.stringify leaves as it is and a terminal may act on, or a line reader may break a line at.
const unsafe = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** JSON as a terminal can have it. */
export const safeJson = (json: string): string =>
  json.replace(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A document as one line that is safe on a terminal. */
export const jsonLine = (document: unknown): string => safeJson(JSON.stringify(document));

type Colors = ReturnType<typeof createColors>;

/** NO_COLOR and FORCE_COLOR decide (no-color.org, force-color.org), else whether it is a terminal. */
function colorsFor(sink: { readonly isTTY: boolean }, env: Io['env']): Colors {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return createColors(false);
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return createColors(env.FORCE_COLOR !== '0');
  return createColors(sink.isTTY && env.TERM !== 'dumb');
}

/**
 * What a person or a script sees. Results and the job's lines go to stdout, what livywire says on the way to stderr.
 * With `--json` stdout gets one document at the end and nothing else.
 */
export class Terminal {
  readonly #io: Pick<Io, 'stdout' | 'stderr' | 'env'>;
  readonly options: TerminalOptions;
  /** For stdout. */
  readonly paint: Colors;
  /** For stderr. */
  readonly paintNote: Colors;
  #live: LiveLine | undefined;
  #document: unknown;
  #isListing = false;
  /** What would be written while a question stands on the terminal. */
  #held: (() => void)[] | undefined;

  constructor(io: Pick<Io, 'stdout' | 'stderr' | 'env'>, options: TerminalOptions) {
    this.#io = io;
    this.options = options;
    this.paint = colorsFor(io.stdout, io.env);
    this.paintNote = colorsFor(io.stderr, io.env);
  }

  /** Whether a status line can live at the bottom. */
  get isLive(): boolean {
    return this.#io.stderr.isTTY && !this.options.quiet && this.#io.env.TERM !== 'dumb';
  }

  /** Lets a status line live at the bottom, until it is taken away by `undefined`. */
  set live(line: LiveLine | undefined) {
    this.#live?.clear();
    this.#live = line;
    if (this.#held) line?.hold();
  }

  /** Lines of the result, already safe and painted. Nothing with `--json`. */
  result(...lines: readonly string[]): void {
    if (!this.options.json) this.#write('stdout', lines);
  }

  /** A line of the job's log. */
  log(text: string): void {
    this.#write(this.options.json ? 'stderr' : 'stdout', [plainLine(text)]);
  }

  /** A part of the job's log as it is: only for what is no terminal. */
  raw(bytes: string | Uint8Array): void {
    this.#io.stdout.write(bytes);
  }

  /** A hole in the job's log, told where it is. */
  gap(text: string): void {
    this.#write(this.options.json ? 'stderr' : 'stdout', [this.paint.dim(`… ${safe(text)}`)]);
  }

  /** Keeps everything back until `release`, so that a question can be asked. */
  hold(): void {
    this.#held ??= [];
    this.#live?.hold();
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const write of held) write();
    this.#live?.release();
  }

  /** What `--json` prints in the end, in place of the result lines. The last one given counts. */
  document(document: unknown): void {
    this.#document = document;
  }

  /**
   * One more item of the list that the document of `--json` begins with, for what is too long to be kept. What `document` is
   * given in the end comes behind it: an error too, so that it is one document whatever happens.
   */
  listed(name: string, item: object): void {
    if (!this.options.json) return;
    this.raw(`${this.#isListing ? ',' : `{${jsonLine(name)}:[`}${jsonLine(item)}`);
    this.#isListing = true;
  }

  /** Progress: silent with `--quiet`. */
  note(text: string): void {
    if (!this.options.quiet) this.#say(this.paintNote.dim(safe(text)));
  }

  /** Something to know that ends nothing. Shown with `--quiet` too. */
  warn(text: string): void {
    this.#say(this.paintNote.yellow(safe(text)));
  }

  error(text: string): void {
    this.#say(this.paintNote.red(safe(text)));
  }

  /** Once, when all is done: the document, where one was asked for. */
  finish(): void {
    this.release();
    this.live = undefined;
    if (!this.options.json || this.#document === undefined) return;
    const document = jsonLine(this.#document);
    this.#write('stdout', [this.#isListing ? `],${document.slice(1)}` : document]);
  }

  #say(text: string): void {
    this.#write(
      'stderr',
      text.split('\n').map((line, i) => `${i === 0 ? 'livywire: ' : '  '}${line}`),
    );
  }

  #write(to: 'stdout' | 'stderr', lines: readonly string[]): void {
    if (lines.length === 0) return;
    if (this.#held) {
      this.#held.push(() => this.#write(to, lines));
      return;
    }
    this.#live?.clear();
    this.#io[to].write(lines.map((line) => `${line}\n`).join(''));
    this.#live?.drawSoon();
  }
}

/** Messages may hold a server's words and several lines. */
const safe = (text: string): string =>
  text
    .split('\n')
    .map((line) => plainLine(redactText(line)))
    .join('\n');

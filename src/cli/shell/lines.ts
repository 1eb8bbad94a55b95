import { createInterface, type Interface } from 'node:readline';
import type { Io } from '../io.js';
import type { History } from './history.js';

/** What a person does at a prompt. */
export type Key =
  { readonly type: 'line'; readonly text: string } | { readonly type: 'interrupt' } | { readonly type: 'end' };

export interface LinesOptions {
  readonly history: History;
  /** How the line could go on: whole words, and the part of the line that they take the place of. */
  readonly complete: (line: string) => Promise<readonly [readonly string[], string]>;
  /** Ctrl-C. @returns whether something ran that it was meant for; else it is for the line that is typed */
  readonly onInterrupt: () => boolean;
}

/** Lines from a terminal, with history and completion; from a file or a pipe, one after the other. */
export class Lines {
  readonly #rl: Interface;
  readonly isTerminal: boolean;
  readonly #keys: Key[] = [];
  #waiting: ((key: Key) => void) | undefined;
  #isClosed = false;

  private constructor(io: Io, history: readonly string[], { history: kept, complete, onInterrupt }: LinesOptions) {
    const { stdin, stderr } = io;
    this.isTerminal = stdin.isTTY && stderr.isTTY;
    const input = stdin.stream;
    if (!input) throw new Error('there is no stdin to read from');
    this.#rl = createInterface({
      input,
      // What is typed is shown where notes are, so that stdout holds results only.
      ...(this.isTerminal && stderr.stream && { output: stderr.stream }),
      terminal: this.isTerminal,
      history: [...history],
      historySize: 1_000,
      removeHistoryDuplicates: true,
      tabSize: 4,
      completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
        complete(line).then(
          ([words, part]) => done(null, [[...words], part]),
          () => done(null, [[], line]),
        );
      },
    });
    this.#rl.on('line', (text) => {
      kept.add(text);
      this.#give({ type: 'line', text });
    });
    this.#rl.on('SIGINT', () => {
      if (onInterrupt()) return;
      this.#rl.write(null, { ctrl: true, name: 'e' });
      this.#rl.write(null, { ctrl: true, name: 'u' });
      this.#give({ type: 'interrupt' });
    });
    this.#rl.once('close', () => {
      if (this.isTerminal && !this.#isClosed) stderr.write('\n'); // Ctrl-D leaves the prompt where it is
      this.#give({ type: 'end' });
    });
  }

  static async open(io: Io, options: LinesOptions): Promise<Lines> {
    return new Lines(io, await options.history.read(), options);
  }

  /** The next line; what was typed ahead comes first. */
  async next(prompt: string): Promise<Key> {
    const ready = this.#keys.shift();
    if (ready) return ready;
    if (this.isTerminal) {
      this.#rl.setPrompt(prompt);
      this.#rl.prompt();
    }
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  /** Ends the waiting, and gives the terminal back. */
  close(): void {
    this.#isClosed = true;
    this.#rl.close();
  }

  #give(key: Key): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting(key);
    else this.#keys.push(key);
  }
}

import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { redactText } from '../../core/index.js';
import type { Io } from '../io.js';

const MOST_LINES = 1_000;

/** What was typed in shells of one language, newest first, as readline has it. A file that only its owner reads. */
export class History {
  readonly #path: string | undefined;
  #lines: string[] = [];

  /** `$XDG_STATE_HOME/livywire/shell-history-<kind>`; nowhere where there is no home. */
  constructor({ env }: Pick<Io, 'env'>, kind: string) {
    const state = env.XDG_STATE_HOME !== undefined && env.XDG_STATE_HOME !== '' ? env.XDG_STATE_HOME : undefined;
    const folder = state ?? (env.HOME === undefined ? undefined : join(env.HOME, '.local', 'state'));
    this.#path = folder === undefined ? undefined : join(folder, 'livywire', `shell-history-${kind}`);
  }

  /** Nothing where there is no file yet. */
  async read(): Promise<string[]> {
    const text = this.#path === undefined ? '' : await readFile(this.#path, 'utf8').catch(() => '');
    this.#lines = text.split('\n').filter((line) => line !== '');
    return [...this.#lines];
  }

  /** One more line; not what looks as though it held a secret, and not the same twice. */
  add(line: string): void {
    if (line.trim() === '' || line === this.#lines[0] || redactText(line) !== line) return;
    this.#lines = [line, ...this.#lines].slice(0, MOST_LINES);
  }

  /** A history that cannot be kept stops nobody. */
  async write(): Promise<void> {
    if (this.#path === undefined) return;
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      await writeFile(this.#path, this.#lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
      await chmod(this.#path, 0o600); // one that was there keeps its mode
    } catch {
      return;
    }
  }
}

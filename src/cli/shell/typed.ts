import { isComplete, type ShellKind } from './is-complete.js';

/** What a person typed, ready to be sent, or a word to the shell itself. */
export type Typed =
  | { readonly type: 'code'; readonly kind: ShellKind; readonly code: string }
  | { readonly type: 'command'; readonly name: ShellCommand }
  | { readonly type: 'open' }
  | { readonly type: 'nothing' };

export const shellCommands = {
  ':help': 'these words',
  ':log': "the session's last log lines, as Livy keeps them",
  ':close': 'close the session, and leave',
  ':quit': 'leave, as Ctrl-D does',
} as const;
export type ShellCommand = keyof typeof shellCommands;

/** The languages that `%%` may name at the head of a block, as sparkmagic has them, too. */
const magics: Readonly<Record<string, ShellKind>> = {
  sql: 'sql',
  pyspark: 'pyspark',
  python: 'pyspark',
  scala: 'spark',
  spark: 'spark',
  sparkr: 'sparkr',
  r: 'sparkr',
};

/** Gathers lines until they are whole. */
export class Gathering {
  readonly #kind: ShellKind;
  #lines: string[] = [];

  constructor(kind: ShellKind) {
    this.#kind = kind;
  }

  /** What is there so far, without the line that is being typed. */
  get text(): string {
    return this.#lines.join('\n');
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  clear(): void {
    this.#lines = [];
  }

  take(line: string): Typed {
    const word = line.trim();
    if (this.isEmpty && Object.hasOwn(shellCommands, word)) return { type: 'command', name: word as ShellCommand };
    if (this.isEmpty && word === '') return { type: 'nothing' };
    this.#lines.push(line);
    return this.#whole(false);
  }

  /** No line will follow: what is there is sent as it is. */
  end(): Typed {
    return this.isEmpty ? { type: 'nothing' } : this.#whole(true);
  }

  /** Of which language the text is, and the text without the word that said so. */
  read(text: string): { readonly kind: ShellKind; readonly code: string; readonly isMagic: boolean } {
    const [head, name = ''] = /^\s*%%(\w+)[ \t]*\n?/.exec(text) ?? [];
    const kind = Object.hasOwn(magics, name) ? magics[name] : undefined;
    if (head === undefined || !kind) return { kind: this.#kind, code: text, isMagic: false };
    return { kind, code: text.slice(head.length), isMagic: true };
  }

  #whole(isLast: boolean): Typed {
    const { kind, code, isMagic } = this.read(this.text);
    // A block of SQL within another language ends with an empty line too: who comes from a notebook types no semicolon.
    const isEnded = isMagic && kind === 'sql' && this.#lines.length > 1 && this.#lines.at(-1)?.trim() === '';
    if (!isLast && !isEnded && (!isComplete(code, kind) || (isMagic && code.trim() === ''))) return { type: 'open' };
    this.clear();
    return code.trim() === '' ? { type: 'nothing' } : { type: 'code', kind, code };
  }
}

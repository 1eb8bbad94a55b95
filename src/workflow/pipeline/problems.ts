import { closestMatch } from 'leven';
import { ConfigError } from '../../core/index.js';

/** Where something stands in a description: `['steps', 'load', 'needs', 0]`. */
export type Path = readonly (string | number)[];

/** A line and a column of a text, each from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Of a description that was a text: where the value at a path stands, or its name. */
export type Locate = (path: Path, what: 'name' | 'value') => Position | undefined;

/** One thing that is wrong with a description. */
export interface Problem {
  /** As people write it: `steps.load.needs[0]`. */
  readonly path: string;
  /** What is wrong and what would be right. */
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** A description that makes no pipeline. Everything that is wrong with it is in `problems`, in the order of the text. */
export class PipelineError extends ConfigError {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[], source: string) {
    super(
      problems
        .map(({ line, column, message }) =>
          line === undefined ? `${source}: ${message}` : `${source}:${line}:${column}: ${message}`,
        )
        .join('\n'),
      { field: problems[0]?.path ?? source },
    );
    this.problems = problems;
  }
}

/** `steps.load.needs[0]`; a name that is no word is quoted. */
function wordsOf(path: Path): string {
  const words = path.map((part, i) => {
    if (typeof part === 'number') return `[${part}]`;
    if (!/^[\w-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
    return i === 0 ? part : `.${part}`;
  });
  return words.join('') || 'the description';
}

/** Gathers what is wrong, so that all of it is told at once. */
export class Problems {
  readonly #found: (Problem & { readonly at: Path })[] = [];
  readonly #locate: Locate;

  constructor(locate: Locate = () => undefined) {
    this.#locate = locate;
  }

  /** @param message what is wrong, as a sentence that may follow the path */
  add(path: Path, message: string, what: 'name' | 'value' = 'value'): void {
    // What is missing has no place of its own: the nearest thing around it is shown.
    const nearest = path.map((_, i) => path.slice(0, path.length - i));
    const position = nearest
      .map((one, i) => this.#locate(one, i === 0 ? what : 'name'))
      .find((one) => one !== undefined);
    this.#found.push({ path: wordsOf(path), message: `${wordsOf(path)} ${message}`, ...position, at: path });
  }

  get isEmpty(): boolean {
    return this.#found.length === 0;
  }

  /** @throws PipelineError where anything is wrong */
  throwAll(source: string): void {
    if (this.isEmpty) return;
    const sorted = this.#found
      .map(({ at: _at, ...problem }) => problem)
      .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
    throw new PipelineError(sorted, source);
  }
}

/** `did you mean load?`, or the names there are. */
export function meant(name: string, known: readonly string[]): string {
  const near = closestMatch(name, [...known], { maxDistance: Math.min(3, Math.floor(name.length / 2)) });
  if (near !== undefined) return `did you mean ${near}?`;
  return known.length === 0 ? 'there are none' : `there are ${known.join(', ')}`;
}

/** What was seen, without showing what may be secret. */
export function seen(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of fields';
  return typeof value === 'string' && value === '' ? 'an empty text' : `a ${typeof value}`;
}

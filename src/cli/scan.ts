import { closestMatch } from 'leven';
import { ConfigError, plainLine, redactText } from '../core/index.js';
import type { OptionTable } from './option-spec.js';

/** One flag as it was given. */
export interface Given {
  /** Its name in the table: `driver-memory`. */
  readonly name: string;
  /** As it was typed: `--driver-memory`, `-c`. */
  readonly typed: string;
  /** Absent for a flag that takes none. */
  readonly value?: string;
}

export interface Scanned {
  readonly given: readonly Given[];
  /** What is no flag, in order. */
  readonly rest: readonly string[];
  /** `--help` or `-h` was among the flags. */
  readonly help: boolean;
  readonly version: boolean;
}

/**
 * Goes through the words of a command line by the table of its flags, as spark-submit does: a flag that takes a value
 * always takes the next word, also one that begins with a dash (`--driver-java-options -Xmx2g`). With
 * `stopAtFirstWord` everything from the first word that is no flag is left untouched.
 * @throws ConfigError for a flag that is not in the table, with the nearest one that is
 */
export function scan(
  words: readonly string[],
  table: OptionTable,
  { stopAtFirstWord = false }: { readonly stopAtFirstWord?: boolean } = {},
): Scanned {
  const byAlias = new Map(
    Object.entries(table).flatMap(([name, { alias }]) => (alias ? [[alias, name] as const] : [])),
  );
  const given: Given[] = [];
  const rest: string[] = [];
  let help = false;
  let version = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '--') {
      rest.push(...words.slice(i + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      if (stopAtFirstWord) {
        rest.push(...words.slice(i));
        break;
      }
      rest.push(word);
      continue;
    }
    if (word === '--help' || word === '-h' || word === '--usage-error') {
      help = true;
      continue;
    }
    if (word === '--version' && !('version' in table)) {
      version = true;
      continue;
    }
    const cut = word.startsWith('--') ? word.indexOf('=') : -1;
    const typed = cut < 0 ? word : word.slice(0, cut);
    const name = typed.startsWith('--') ? typed.slice(2) : byAlias.get(typed.slice(1));
    if (typed === '--help' && cut >= 0) throw new ConfigError('--help takes no value', { field: '--help' });
    const spec = name === undefined || !Object.hasOwn(table, name) ? undefined : table[name];
    if (name === undefined || !spec) throw unknown(typed, table);
    if (spec.type === 'boolean') {
      const value = cut < 0 ? 'true' : word.slice(cut + 1);
      if (value !== 'true' && value !== 'false') throw new ConfigError(`${typed} takes no value`, { field: typed });
      if (value === 'true') given.push({ name, typed });
      continue;
    }
    const value = cut < 0 ? words[++i] : word.slice(cut + 1);
    if (value === undefined) throw new ConfigError(`${typed} needs a value`, { field: typed });
    given.push({ name, typed, value });
  }
  return { given, rest, help, version };
}

function unknown(typed: string, table: OptionTable): ConfigError {
  const shown = plainLine(redactText(typed));
  const names = Object.keys(table).filter((name) => !table[name]?.hidden);
  const word = typed.replace(/^-+/, '').toLowerCase();
  const near = word.length < 2 ? undefined : nearest(word, names);
  const hint = near === undefined ? 'see --help for those it knows' : `did you mean --${near}?`;
  return new ConfigError(`There is no flag ${shown}; ${hint}`, { field: shown });
}

/** @throws ConfigError when the flag takes one of a few words, and this is none of them */
export function checkChoice({ name, typed, value }: Given, table: OptionTable): void {
  const choices = Object.hasOwn(table, name) ? table[name]?.choices : undefined;
  if (value === undefined || !choices || choices.includes(value)) return;
  const near = nearest(value, choices);
  throw new ConfigError(
    `${typed}: ${JSON.stringify(value)} is not one of ${choices.join(', ')}${near === undefined ? '' : `; did you mean ${near}?`}`,
    { field: typed },
  );
}

/** The nearest of some names, if one is near enough to be meant: a typo, or the start of the word. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const starts = names.filter((name) => name.startsWith(word));
  if (word.length >= 3 && starts.length === 1) return starts[0];
  return closestMatch(word, names, { maxDistance: word.length < 4 ? 1 : word.length < 9 ? 2 : 3 });
}

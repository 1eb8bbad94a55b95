import { splitSql } from '../split-sql.js';

/** The languages of a shell, in Livy's words. */
export type ShellKind = 'pyspark' | 'spark' | 'sparkr' | 'sql';

/** Strings and comments of each language, longest first; what is left open runs to the end. */
const literals = {
  pyspark: /("""|''')(?:\\[^]|(?!\1)[^])*(?:\1)?|"(?:\\[^]|[^"\\\n])*"?|'(?:\\[^]|[^'\\\n])*'?|#[^\n]*/g,
  spark:
    /(""")(?:(?!\1)[^])*(?:\1)?|"(?:\\[^]|[^"\\\n])*"?|'(?:\\.|[^'\\\n])'|\/\/[^\n]*|\/\*(?:(?!\*\/)[^])*(?:\*\/)?/g,
  sparkr: /"(?:\\[^]|[^"\\])*"?|'(?:\\[^]|[^'\\])*'?|`[^`]*`?|#[^\n]*/g,
} as const;

interface Skeleton {
  /** The code with a word in the place of each string, and no comments. */
  readonly code: string;
  /** Whether its last string or comment goes on. */
  readonly isOpen: boolean;
  /** A quote that ends with its line is a mistake: for the server to tell of, not to wait on. */
  readonly isBroken: boolean;
}

function skeletonOf(text: string, kind: keyof typeof literals): Skeleton {
  let isOpen = false;
  let isBroken = false;
  const code = text.replace(literals[kind], (found: string, triple: string | undefined, at: number) => {
    const isLast = (typeof triple === 'number' ? triple : at) + found.length === text.length;
    if (/^(#|\/\/)/.test(found)) return '';
    const end = typeof triple === 'string' ? triple : found.startsWith('/*') ? '*/' : found.charAt(0);
    const isClosed = found.length >= 2 * end.length && found.endsWith(end);
    const mayGoOn = end.length > 1 || kind === 'sparkr';
    isOpen ||= isLast && !isClosed && mayGoOn;
    isBroken ||= !isClosed && !mayGoOn;
    return found.startsWith('/*') ? ' ' : 'x';
  });
  return { code, isOpen, isBroken };
}

function depthOf(code: string): number {
  let depth = 0;
  for (const [bracket] of code.matchAll(/[()[\]{}]/g)) depth += '([{'.includes(bracket) ? 1 : -1;
  return depth;
}

/** A block goes on until an empty line, as in Python's own shell. */
function isPythonBlock(code: string): boolean {
  const lines = code.split('\n').filter((line) => line.trim() !== '');
  return lines.some((line) => /^\s/.test(line) || /^@/.test(line)) || /:\s*$/.test(lines.at(-1) ?? '');
}

/** Operators at the end of a line that ask for another. */
const goesOn: Readonly<Record<'spark' | 'sparkr', RegExp>> = {
  spark: /(?:[=,.+\-*/&|<>:]|=>|\b(?:extends|with|else|yield))\s*$/,
  sparkr: /(?:[-+*/^,&|=~<]|<-|%[^%\s]*%|\|>|\b(?:else|function))\s*$/,
};

/** Whether what was typed so far can be sent, or wants another line. */
export function isComplete(text: string, kind: ShellKind): boolean {
  if (text.trim() === '') return true;
  if (kind === 'sql') {
    const { rest, isOpen, statements } = splitSql(text);
    return !isOpen && (rest === '' ? statements.length > 0 || text.trim().startsWith('--') : false);
  }
  const { code, isOpen, isBroken } = skeletonOf(text, kind);
  if (isBroken) return true;
  if (isOpen || depthOf(code) > 0) return false;
  if (kind !== 'pyspark') return !goesOn[kind].test(code);
  if (/\\\s*$/.test(code)) return false;
  // What is bracketed may be indented as it likes.
  const flat = flatten(code);
  return !isPythonBlock(flat) || /\n[ \t]*$/.test(text);
}

/** Bracketed parts without their line ends. */
function flatten(code: string): string {
  let depth = 0;
  return [...code.replace(/\\\n/g, ' ')]
    .map((char) => {
      if ('([{'.includes(char)) depth++;
      if (')]}'.includes(char)) depth--;
      return char === '\n' && depth > 0 ? ' ' : char;
    })
    .join('');
}

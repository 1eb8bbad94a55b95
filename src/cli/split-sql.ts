/** SQL taken apart at its semicolons. */
export interface SqlParts {
  /** Each without its semicolon; what holds nothing but comments is left out. */
  readonly statements: readonly string[];
  /** What stands behind the last semicolon: a statement that goes on, or comments; empty when there is nothing. */
  readonly rest: string;
  /** Whether the rest ends within quotes or a comment. */
  readonly isOpen: boolean;
}

/**
 * What begins a quoted part or a comment, to its end, as Spark reads them: quotes double themselves and, but for backticks,
 * take a backslash; `r'…'` takes none; bracketed comments stand within others.
 */
const PARTS = [
  /--[^\n]*/y,
  /\br'[^']*'?/iy,
  /\br"[^"]*"?/iy,
  /'(?:[^'\\]|\\[^])*'?/y,
  /"(?:[^"\\]|\\[^])*"?/y,
  /`[^`]*`?/y,
] as const;

/** The end of a bracketed comment that begins at `from`; the end of the text where it has none. */
function endOfComment(text: string, from: number): { readonly end: number; readonly isClosed: boolean } {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = from;
  let depth = 0;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return { end: marks.lastIndex, isClosed: true };
  }
  return { end: text.length, isClosed: false };
}

function quotedAt(text: string, at: number): { readonly end: number; readonly isClosed: boolean } | undefined {
  for (const part of PARTS) {
    part.lastIndex = at;
    const [found] = part.exec(text) ?? [];
    if (found === undefined) continue;
    if (found.startsWith('--')) return { end: at + found.length, isClosed: true };
    const quote = found.replace(/^r/i, '').charAt(0);
    const opened = found.startsWith(quote) ? 1 : 2;
    return { end: at + found.length, isClosed: found.length > opened && found.endsWith(quote) };
  }
  return undefined;
}

export function splitSql(text: string): SqlParts {
  const statements: string[] = [];
  let begin = 0;
  let hasWords = false;
  let isOpen = false;
  for (let at = 0; at < text.length;) {
    if (text.startsWith('/*', at)) {
      const { end, isClosed } = endOfComment(text, at);
      isOpen = !isClosed;
      at = end;
      continue;
    }
    const quoted = quotedAt(text, at);
    if (quoted) {
      hasWords ||= !text.startsWith('--', at);
      isOpen = !quoted.isClosed;
      at = quoted.end;
      continue;
    }
    if (text[at] === ';') {
      if (hasWords) statements.push(text.slice(begin, at).trim());
      begin = at + 1;
      hasWords = false;
    } else hasWords ||= /\S/.test(text.charAt(at));
    at++;
  }
  return { statements, rest: hasWords || isOpen ? text.slice(begin).trim() : '', isOpen };
}

/** Every statement of a file, the last with or without its semicolon. */
export function statementsOf(text: string): readonly string[] {
  const { statements, rest } = splitSql(text);
  return rest === '' ? statements : [...statements, rest];
}

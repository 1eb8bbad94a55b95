import { parseLines } from 'dot-properties';

/** Java's trim() takes everything up to the space; Spark keeps line ends, which can be a delimiter, and trims the rest. */
function trimExceptLineEnds(value: string): string {
  const goes = (char: string | undefined): boolean =>
    char !== undefined && char <= ' ' && char !== '\n' && char !== '\r';
  let [from, to] = [0, value.length];
  while (from < to && goes(value[from])) from++;
  while (from < to && goes(value[to - 1])) to--;
  return value.slice(from, to);
}

/** Spark settings from a file in Java's properties format, read as Spark reads it: UTF-8, keys and values trimmed. */
export function parseProperties(text: string): {
  readonly conf: ReadonlyMap<string, string>;
  readonly ignored: readonly string[];
} {
  const conf = new Map<string, string>();
  const ignored: string[] = [];
  for (const line of parseLines(text)) {
    if (!Array.isArray(line)) continue; // a comment or an empty line
    const key = (line[0] ?? '').trim();
    if (key.startsWith('spark.')) conf.set(key, trimExceptLineEnds(line[1] ?? ''));
    else if (key !== '') ignored.push(key);
  }
  return { conf, ignored };
}

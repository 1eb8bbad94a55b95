import { stringify } from 'lossless-json';
import type { SqlValue, Table } from '../app/index.js';

/** What JSON can hold of a value, no digit lost: a bigint is written as a number, a decimal is text. */
function forJson(value: SqlValue): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return (value as readonly SqlValue[]).map(forJson);
  if (value instanceof Map) {
    const pairs = [...(value as ReadonlyMap<SqlValue, SqlValue>)].map(([key, one]) => [forJson(key), forJson(one)]);
    return pairs.every(([key]) => typeof key === 'string') ? Object.fromEntries(pairs as [string, unknown][]) : pairs;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, forJson(one as SqlValue)]));
}

/** One line of JSON. Whole numbers keep every digit; JSON.stringify has no word for a bigint. */
export const jsonText = (value: unknown): string => stringify(value) ?? 'null';

/** What a cell shows: text as it is, what is nested as JSON. */
function cell(value: SqlValue): string {
  if (value === null) return '';
  const word = forJson(value);
  return typeof word === 'string' ? word : jsonText(word);
}

/** The columns' names, each once: of two `a` the second is `a_2`. */
function namesOf({ columns }: Pick<Table, 'columns'>): readonly string[] {
  const taken = new Set<string>();
  return columns.map(({ name }) => {
    let free = name;
    for (let i = 2; taken.has(free); i++) free = `${name}_${i}`;
    taken.add(free);
    return free;
  });
}

/** Rows as objects that JSON can hold. */
export function jsonRows(table: Table): readonly Readonly<Record<string, unknown>>[] {
  const names = namesOf(table);
  return table.values.map((row) => Object.fromEntries(names.map((name, i) => [name, forJson(row[i] ?? null)])));
}

/** Header and rows as text; `null` is told from the empty text. */
export const textRows = (table: Table, nothing: string): readonly (readonly string[])[] => [
  table.columns.map(({ name }) => name),
  ...table.values.map((row) => row.map((value) => (value === null ? nothing : cell(value)))),
];

/** One record of RFC 4180. */
export const csvLine = (cells: readonly string[]): string =>
  cells.map((one) => (/[",\r\n]/.test(one) ? `"${one.replaceAll('"', '""')}"` : one)).join(',');

import type { Statement } from '../livy/index.js';
import { StatementCancelledError, StatementFailedError } from './errors.js';
import { plainJson } from './lossless.js';
import { readColumns, type SqlColumn } from './sql-type.js';
import { readValue, type SqlValue } from './sql-value.js';

/** Rows with their columns' names and types: of SQL, or of `%table`. */
export interface Table {
  readonly columns: readonly SqlColumn[];
  /** Row by row, in the order of `columns`: two columns may have one name. */
  readonly values: readonly (readonly SqlValue[])[];
  /** By the columns' names. Of two columns of one name it has the last. */
  readonly rows: readonly Readonly<Record<string, SqlValue>>[];
}

/** What came of a statement that succeeded. */
export interface StatementResult {
  /** Its id in the session. */
  readonly statement: number;
  /** What it printed, and its last value. */
  readonly text: string | undefined;
  /** Of SQL, and of `%table`. */
  readonly table: Table | undefined;
  /** Of `%json`: whole numbers beyond 2^53 are bigints. */
  readonly json: unknown;
  /** Everything, by MIME type: pictures are `image/png`. Numbers as in `json`. */
  readonly data: Readonly<Record<string, unknown>>;
  /** By the server's clock, in milliseconds; `undefined` where it does not say. */
  readonly tookMs: number | undefined;
}

const JSON_TYPE = 'application/json';
const TABLE_TYPE = 'application/vnd.livy.table.v1+json';

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const tableOf = (columns: readonly SqlColumn[], values: readonly (readonly SqlValue[])[]): Table => ({
  columns,
  values,
  rows: values.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null]))),
});

const rowsOf = (value: unknown): readonly (readonly unknown[])[] | undefined =>
  Array.isArray(value) && value.every(Array.isArray) ? (value as readonly (readonly unknown[])[]) : undefined;

function readSql(data: unknown): Table | undefined {
  const { schema, data: rows } = fieldsOf(data);
  const columns = readColumns(schema);
  const values = rowsOf(rows);
  if (!columns || !values) return undefined;
  return tableOf(
    columns,
    values.map((row) => columns.map(({ type }, i) => readValue(type, row[i]))),
  );
}

/** The types of `%table` are Livy's own, and only a few of them. */
function readTableMagic(data: unknown): Table | undefined {
  const { headers, data: rows } = fieldsOf(data);
  const values = rowsOf(rows);
  if (!Array.isArray(headers) || !values) return undefined;
  const columns = (headers as unknown[]).map((header) => {
    const { name, type } = fieldsOf(header);
    return { name: textOf(name), type: textOf(type), nullable: true };
  });
  return tableOf(
    columns,
    values.map((row) => columns.map((_, i) => readValue('unknown', row[i]))),
  );
}

/**
 * What a statement that has ended came to.
 * @throws StatementFailedError, StatementCancelledError
 */
export function resultOf({ id, state, output, started, completed }: Statement): StatementResult {
  if (output?.status === 'error') throw new StatementFailedError(id, output.ename, output.evalue, output.traceback);
  if (state === 'cancelled') throw new StatementCancelledError(id);
  if (state === 'error' && !output) throw new StatementFailedError(id, 'Error', 'Livy says no more than error', []);
  const data = output?.data ?? {};
  // A magic that fails says `ok` outside, and the error within.
  const content = fieldsOf(data.content);
  if (data.msg_type === 'execute_reply' && content.status === 'error') {
    throw new StatementFailedError(id, textOf(content.ename), textOf(content.evalue), textsOf(content.traceback));
  }
  const plain = Object.fromEntries(Object.entries(data).map(([type, one]) => [type, plainJson(one)]));
  const table = readSql(data[JSON_TYPE]) ?? readTableMagic(data[TABLE_TYPE]);
  const text = plain['text/plain'];
  return {
    statement: id,
    text: text === undefined ? undefined : typeof text === 'string' ? text : JSON.stringify(text),
    table,
    json: table ? undefined : plain[JSON_TYPE],
    data: plain,
    tookMs: started === undefined || completed === undefined ? undefined : Math.max(0, completed - started),
  };
}

/** Whether it will be read no more. A state that we have never seen is none of these. */
export const hasEnded = ({ state }: Pick<Statement, 'state'>): boolean =>
  state === 'available' || state === 'error' || state === 'cancelled';

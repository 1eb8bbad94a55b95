import type { LiveSession, StatementResult, StatementRun, Table } from '../app/index.js';
import { plainLine } from '../core/index.js';
import { csvLine, jsonRows, jsonText, textRows } from './cells.js';
import type { Context } from './define.js';
import type { OptionTable } from './option-spec.js';
import type { ProgressView } from './progress-view.js';
import { table } from './show.js';

export const formatOption = {
  format: {
    type: 'string',
    choices: ['table', 'csv', 'json', 'ndjson'],
    describe: 'How rows are written to stdout (default table)',
    group: 'Output',
  },
} as const satisfies OptionTable;

export type Format = (typeof formatOption.format.choices)[number];

/** What came of a statement, on stdout. Only a terminal is spared what it would act on. */
export function writeResult(
  result: StatementResult,
  format: Format,
  { rowLimit }: Pick<LiveSession, 'rowLimit'>,
  context: Pick<Context, 'io' | 'out'>,
): void {
  const { io, out } = context;
  const { table: rows, json, text, data } = result;
  const write = (line: string): void => out.result(io.stdout.isTTY ? plainLine(line) : line);
  if (rows) {
    writeTable(rows, format, write, context);
    if (rows.values.length === rowLimit) out.warn(cutWords(rowLimit));
  } else if (json !== undefined) write(jsonText(json));
  else if (text !== undefined && text !== '') {
    if (format === 'json' || format === 'ndjson') write(jsonText({ text }));
    else text.split('\n').forEach(write);
  }
  const others = Object.keys(data).filter((type) => !/^text\/plain$|json$/.test(type));
  if (others.length > 0) out.note(`the result holds ${others.join(', ')} too, which only --json shows`);
}

function writeTable(rows: Table, format: Format, write: (line: string) => void, { out }: Pick<Context, 'out'>): void {
  const count = rows.values.length;
  switch (rows.columns.length === 0 ? 'nothing' : format) {
    case 'nothing':
      break;
    case 'csv':
      for (const line of textRows(rows, '')) write(csvLine(line));
      break;
    case 'json':
      write(jsonText(jsonRows(rows)));
      break;
    case 'ndjson':
      for (const row of jsonRows(rows)) write(jsonText(row));
      break;
    case 'table': {
      const oneLine = (row: readonly string[]) => row.map((one) => one.replace(/\r?\n/g, '⏎'));
      const [head = '', ...body] = table(textRows(rows, 'null').map(oneLine));
      out.result(out.paint.bold(plainLine(head)));
      body.forEach(write);
    }
  }
  if (rows.columns.length > 0) out.note(`${count} ${count === 1 ? 'row' : 'rows'}`);
}

const cutWords = (limit: number): string =>
  `Livy sends no more than ${limit} rows of a query: there may be more. A new session sends more with --conf livy.rsc.sql.num-rows=…`;

/** A result in the document of `--json`. */
export const documentOf = ({ statement, text, table: rows, json, data, tookMs }: StatementResult): object => ({
  statement,
  ...(text !== undefined && { text }),
  ...(rows && { columns: rows.columns, rows: jsonRows(rows) }),
  ...(json !== undefined && { json }),
  ...Object.fromEntries(Object.entries(data).filter(([type]) => type.startsWith('image/'))),
  ...(tookMs !== undefined && { tookMs }),
});

/** Follows a statement to its end, with its state and its progress on stderr; no further once nobody waits. */
export async function showReadings(statement: StatementRun, view: ProgressView, unwanted: AbortSignal): Promise<void> {
  for await (const { state, progress } of statement) {
    if (unwanted.aborted) return;
    if (state === 'available' || state === 'cancelled') continue; // what follows says it
    const share = state === 'running' && progress > 0 && { done: progress, total: 1 };
    view.show({ step: 'statement', message: `statement ${statement.id} is ${state}`, ...share });
  }
}

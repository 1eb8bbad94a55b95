import { ConfigError } from '../../core/index.js';
import { defineCommand } from '../define.js';
import { codeOptions, readCodes } from '../read-code.js';
import { runStatements } from '../run-statements.js';
import { statementsOf } from '../split-sql.js';

export const sqlCommand = defineCommand({
  name: 'sql',
  positionals: '[file.sql]',
  describe: 'Run SQL in a Livy session and write its rows to stdout.',
  details: [
    '',
    'Statements end at their semicolons and run one after the other; the first that fails ends it, with exit code 1.',
    'Rows go to stdout, all else to stderr. Ctrl-C cancels the statement that runs (exit code 5), not the session.',
    'Livy sends no more than 1,000 rows of a query, and says so by nothing: livywire warns when there may be more.',
  ],
  examples: [
    [`livywire sql -e "select day, sum(amount) from sales group by day"`, ''],
    ['livywire sql --session etl --format csv report.sql > report.csv', 'in a session that is kept for the next call'],
    ['echo "show tables" | livywire sql --format ndjson -', 'from another program'],
  ],
  options: {
    execute: { type: 'list', alias: 'e', describe: 'SQL to run; may be repeated', group: 'SQL' },
    ...codeOptions,
  },
  words: { min: 0, max: 1 },
  ownSignals: true,
  async run(args, context) {
    const codes = (await readCodes(args, context)).flatMap(statementsOf);
    if (codes.length === 0) throw new ConfigError('There is no statement in it', { field: args.rest[0] ?? '-e' });
    return runStatements({ kind: 'sql', codes, format: args.format ?? 'table' }, args, context);
  },
});

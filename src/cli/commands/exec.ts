import { defineCommand } from '../define.js';
import { codeOptions, readCodes } from '../read-code.js';
import { runStatements } from '../run-statements.js';
import { kindOf, kindOption } from '../session-flags.js';
import { statementsOf } from '../split-sql.js';

export const execCommand = defineCommand({
  name: 'exec',
  positionals: '[file]',
  describe: 'Run a file of this machine as code in a Livy session, and write what it prints to stdout.',
  details: [
    '',
    'The file travels as one statement: it needs to be nowhere the cluster can read. Its language goes by its ending.',
    'An exception gives exit code 1, and its traceback goes to stderr. Ctrl-C cancels the statement, not the session.',
    'What it leaves in the session (variables, views) is there for the next call with the same --session.',
  ],
  examples: [
    ['livywire exec --session etl prepare.py', ''],
    ['livywire exec --session etl -e "df.count()"', 'with the df that prepare.py made'],
    ['livywire exec --kind scala -e "spark.range(10).count()"', ''],
  ],
  options: {
    execute: { type: 'list', alias: 'e', describe: 'Code to run; may be repeated', group: 'Code' },
    ...kindOption,
    ...codeOptions,
  },
  words: { min: 0, max: 1 },
  ownSignals: true,
  async run(args, context) {
    const texts = await readCodes(args, context);
    const kind = kindOf(args.kind, args.rest[0]);
    const codes = kind === 'sql' ? texts.flatMap(statementsOf) : texts;
    return runStatements({ kind, codes, format: args.format ?? 'table' }, args, context);
  },
});

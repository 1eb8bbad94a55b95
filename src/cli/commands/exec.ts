import { ConfigError } from '../../core/index.js';
import { defineCommand } from '../define.js';
import { connectionOptions, outputOptions } from '../options.js';
import { readCode } from '../read-code.js';
import { runStatements } from '../run-statements.js';
import { kindOf, kindOption, sessionOptions } from '../session-flags.js';
import { statementsOf } from '../split-sql.js';
import { formatOption } from '../statement-view.js';

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
    ...formatOption,
    ...sessionOptions,
    ...connectionOptions,
    ...outputOptions,
  },
  words: { min: 0, max: 1 },
  ownSignals: true,
  async run(args, context) {
    const [file] = args.rest;
    if ((file === undefined) === (args.execute.length === 0)) {
      throw new ConfigError('Give code with -e, or a file (- for stdin), and not both', { field: '-e' });
    }
    const kind = kindOf(args.kind, file);
    const texts = file === undefined ? args.execute : [await readCode(file, context)];
    const codes = kind === 'sql' ? texts.flatMap(statementsOf) : texts;
    return runStatements({ kind, codes, format: args.format ?? 'table' }, args, context);
  },
});

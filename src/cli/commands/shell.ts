import { ConfigError } from '../../core/index.js';
import { defineCommand } from '../define.js';
import { Interrupts } from '../interrupts.js';
import { leaveSession } from '../leave-session.js';
import { connectionOptions, outputOptions } from '../options.js';
import { isOfSession, sayFailure } from '../session-failure.js';
import { kindOf, openFor, sessionOptions } from '../session-flags.js';
import { shellWord } from '../show.js';
import type { ShellKind } from '../shell/is-complete.js';
import { Shell } from '../shell/shell.js';

const { quiet } = outputOptions;
const kinds = ['pyspark', 'scala', 'spark', 'sparkr', 'sql'];

export const shellCommand = defineCommand({
  name: 'shell',
  positionals: '[pyspark|scala|sparkr|sql]',
  describe: 'Type code line by line into a Livy session (default pyspark).',
  details: [
    '',
    'Lines are kept in $XDG_STATE_HOME/livywire/shell-history-…, which only you can read. A block goes on while brackets,',
    'quotes or an indented part are open; SQL to its semicolon. %%sql at the head of a block makes it SQL.',
    'Ctrl-C cancels the statement that runs, not the session. Ctrl-D leaves: it closes the session that it made, and keeps one',
    'that has a name. What comes from a file or a pipe is run line by line, and ends at the first failure.',
  ],
  examples: [
    ['livywire shell', 'a session of its own, closed in the end'],
    ['livywire shell sql --session etl', 'one that is kept, with its views and variables'],
    ['livywire shell scala --driver-memory 4g --conf spark.sql.shuffle.partitions=16', ''],
  ],
  options: { ...sessionOptions, ...connectionOptions, quiet },
  words: { min: 0, max: 1 },
  ownSignals: true,
  async run(args, context) {
    const { io, out } = context;
    const [word = 'pyspark'] = args.rest;
    if (!kinds.includes(word)) {
      throw new ConfigError(
        `There is no shell for ${JSON.stringify(word)}; there is one for pyspark, scala, sparkr, sql`,
        {
          field: word,
        },
      );
    }
    const kind = kindOf(word) as ShellKind;
    const interrupts = new Interrupts(io, { onSignal: 'leave', ask: false });
    try {
      const session = await openFor(args, kind, context, interrupts.signal);
      const name = shellWord(session.name);
      let closes = session.closes;
      try {
        const what = session.created ? 'a new session' : 'a session that was there';
        out.note(`${session.name}, ${what}; Ctrl-C cancels a statement, Ctrl-D leaves, :help says more`);
        const left = await new Shell(session, kind, context, interrupts).run();
        closes ||= left.close;
        if (left.close) await session.close();
        return left.code;
      } finally {
        if (closes) out.note(`closing session ${name}`);
        else out.note(`session ${name} is kept; livywire shell ${word} --session ${name} comes back to it`);
        await leaveSession(session, context, interrupts.signal);
      }
    } catch (error) {
      if (!isOfSession(error)) throw error;
      return sayFailure(error, context);
    } finally {
      interrupts.close();
    }
  },
});

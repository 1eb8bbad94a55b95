import { Since } from '../../app/index.js';
import { ConfigError } from '../../core/index.js';
import { defineCommand } from '../define.js';
import { exitCodes } from '../exit-code.js';
import { LogPrinter } from '../log-printer.js';
import { showLivyServerLog } from '../livy-server-log.js';
import { openRun } from '../open-run.js';
import { connectionOptions, countOf, logOptions, outputOptions } from '../options.js';
import { sinceOf } from '../since.js';

export const logsCommand = defineCommand({
  name: 'logs',
  positionals: '<run>',
  describe: "Show the driver's log. Where a server has thrown lines away, it says so.",
  details: [
    '',
    '<run> is a key, a Livy name (livywire-…-a1), livy:<batch id> or application_…',
    'With --yarn-url it is what the driver itself writes, in cluster mode too; without, what Livy keeps.',
    'Lines go to stdout, words about them to stderr. stdout and stderr of the driver keep each their own order;',
    'there is none between them, and none is made up.',
    '',
    '--since goes by the time stamps of log4j, read as UTC: a line counts as old if the last stamp before it',
    'in its stream is. Lines with no stamp before them, such as all that a Python job prints, are always shown.',
    'With --json the document holds the lines, written as they come; with --json --follow the lines go to stderr and the document counts them.',
  ],
  examples: [
    ['livywire logs --verbose sales/2026-11-01 > driver.log', 'all that is there now'],
    ['livywire logs -f --tail 20 sales/2026-11-01', 'the last lines, and all that follow'],
    ['livywire logs --stream stdout --raw sales/2026-11-01 > out.csv', 'what the job printed, byte for byte'],
    ['livywire logs --livy-server sales/2026-11-01', "on EMR: why Livy refused or lost it, in Livy's own words"],
    ['livywire logs --executors --since 15m sales/2026-11-01', "the executors' logs, each line with its container"],
  ],
  options: {
    follow: { type: 'boolean', alias: 'f', describe: 'Keep going until the run ends', group: 'Log' },
    tail: { type: 'string', alias: 'n', describe: 'Start with the last so many lines of each stream', group: 'Log' },
    stream: {
      type: 'string',
      choices: ['stdout', 'stderr', 'both'],
      describe: 'Only this stream (default both)',
      group: 'Log',
    },
    since: {
      type: 'string',
      describe: 'Leave out what is known to be older: 15m, 2h, 2026-11-23T04:00:00Z',
      group: 'Log',
    },
    executors: { type: 'boolean', describe: "The executors' logs in place of the driver's", group: 'Log' },
    'livy-server': {
      type: 'boolean',
      describe: "What Livy's server wrote about the run, as EMR copied it to S3; -f waits for the copy",
      group: 'Log',
    },
    raw: { type: 'boolean', describe: 'Every byte as it is; not to a terminal, which would act on some', group: 'Log' },
    ...logOptions,
    ...connectionOptions,
    ...outputOptions,
  },
  words: { min: 1, max: 1 },
  async run(args, context) {
    const { out, io, signal } = context;
    const tail = countOf(args.tail, '--tail');
    const sinceMs = sinceOf(args.since, io.clock.now());
    if (args.raw) checkRaw(args, io.stdout.isTTY);
    if (args['livy-server'])
      return showLivyServerLog(args.rest[0] ?? '', context, { whole: args.verbose, follow: args.follow });
    const { run } = await openRun(args.rest[0] ?? '', context, signal);
    const isHeld = args.json && !args.follow;
    const printer = new LogPrinter(out, {
      log: args.raw ? 'raw' : isHeld ? 'none' : args.verbose || args.json ? 'whole' : 'folded',
      prefix: args.executors,
      since: sinceMs === undefined ? undefined : new Since(sinceMs),
    });
    let isEmpty = true;
    const events = run.logs({
      follow: args.follow,
      signal,
      ...(tail !== undefined && { tail }),
      ...(args.stream !== undefined && args.stream !== 'both' && { stream: args.stream }),
      ...(args.executors && { executors: true }),
      ...(args.raw && { bytes: true }),
    });
    for await (const event of events) {
      signal.throwIfAborted(); // nobody reads on
      if (event.type !== 'line' && event.type !== 'gap' && event.type !== 'notice') continue;
      // With one stream YARN's own words would be in the way.
      if (event.type === 'line' && args.stream !== undefined && args.stream !== 'both' && event.stream !== args.stream)
        continue;
      if (!printer.take(event) || !isHeld) continue;
      out.listed('log', event);
      isEmpty = false;
    }
    printer.end();
    const { lines, missing } = printer;
    out.document({ v: 1, kind: 'logs', ref: run.ref, lines, missing, ...(isHeld && isEmpty && { log: [] }) });
    return exitCodes.succeeded;
  },
});

/** @throws ConfigError */
function checkRaw({ json }: { readonly json: boolean }, isTerminal: boolean): void {
  const refuse = (why: string): never => {
    throw new ConfigError(`--raw: ${why}`, { field: '--raw' });
  };
  if (isTerminal) refuse('a terminal would act on control characters in the log; write it to a file or a pipe');
  if (json) refuse('a JSON document cannot hold the bytes as they are; leave out one of --raw and --json');
}

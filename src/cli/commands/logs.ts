import { type LogStream, plainLine, type RunEvent } from '../../core/index.js';
import { defineCommand } from '../define.js';
import { exitCodes } from '../exit-code.js';
import { openRun } from '../open-run.js';
import { connectionOptions, countOf, outputOptions } from '../options.js';

/** Whether a line belongs to the stream that was asked for. */
const isWanted = (stream: LogStream, wanted: string): boolean => wanted === 'both' || stream === wanted;

export const logsCommand = defineCommand({
  name: 'logs',
  positionals: '<run>',
  describe: "Show the driver's log. Where a server has thrown lines away, it says so.",
  details: [
    '',
    '<run> is a key, a Livy name (livywire-…-a1), livy:<batch id> or application_…',
    'With --json the document holds the lines; with --json --follow the lines go to stderr and the document counts them.',
  ],
  examples: [
    ['livywire logs sales/2026-11-01 > driver.log', 'what is there now'],
    ['livywire logs -f --tail 20 sales/2026-11-01', 'the last lines, and all that follow'],
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
    ...connectionOptions,
    ...outputOptions,
  },
  words: { min: 1, max: 1 },
  async run(args, context) {
    const { out, signal } = context;
    const tail = countOf(args.tail, '--tail');
    const { run } = await openRun(args.rest[0] ?? '', context, signal);
    const kept: Extract<RunEvent, { type: 'line' | 'gap' }>[] = [];
    let lines = 0;
    let missing = 0;
    for await (const event of run.logs({ follow: args.follow, signal, ...(tail !== undefined && { tail }) })) {
      signal.throwIfAborted(); // nobody reads on
      if (event.type === 'notice') out.note(event.text);
      if ((event.type !== 'line' && event.type !== 'gap') || !isWanted(event.stream, args.stream ?? 'both')) continue;
      if (event.type === 'gap') {
        missing += event.lines ?? 0;
        out.gap(`${event.lines ?? 'some'} ${event.stream} lines are missing here: ${plainLine(event.reason)}`);
      } else {
        lines++;
        if (args.follow || !args.json) out.log(event.text);
      }
      if (args.json && !args.follow) kept.push(event);
    }
    out.document({ v: 1, kind: 'logs', ref: run.ref, lines, missing, ...(!args.follow && { log: kept }) });
    return exitCodes.succeeded;
  },
});

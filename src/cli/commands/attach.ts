import { defineCommand } from '../define.js';
import { followRun } from '../follow.js';
import { interruptsFor } from '../interrupts.js';
import { openRun } from '../open-run.js';
import { connectionOptions, countOf, logOptions, outputOptions, waitingOf, waitOptions } from '../options.js';

export const attachCommand = defineCommand({
  name: 'attach',
  positionals: '<run>',
  describe: 'Follow a run again: its log, its state, its end. From any terminal that has the ledger.',
  details: ['', '<run> is a key, a Livy name (livywire-…-a1), livy:<batch id> or application_…'],
  examples: [
    ['livywire attach sales/2026-11-01', 'after the terminal was closed'],
    ['livywire attach --tail 100 application_1700000000000_0001', 'the last lines first'],
  ],
  options: {
    tail: { type: 'string', describe: 'Start with the last so many lines of each stream', group: 'Log' },
    ...logOptions,
    ...waitOptions,
    ...connectionOptions,
    ...outputOptions,
  },
  words: { min: 1, max: 1 },
  ownSignals: true,
  async run(args, context) {
    const waiting = waitingOf(args);
    const tail = countOf(args.tail, '--tail');
    const interrupts = interruptsFor(context, args['on-signal']);
    try {
      const { run } = await openRun(args.rest[0] ?? '', context, interrupts.signal);
      return await followRun(run, context, interrupts, {
        log: args.quiet ? 'none' : args.verbose ? 'whole' : 'folded',
        ...waiting,
        ...(tail !== undefined && { tail }),
      });
    } finally {
      interrupts.close();
    }
  },
});

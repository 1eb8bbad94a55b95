import { defineCommand } from '../define.js';
import { followRun } from '../follow.js';
import { interruptsFor } from '../interrupts.js';
import { openRun } from '../open-run.js';
import { connectionOptions, outputOptions, waitingOf, waitOptions } from '../options.js';

export const waitCommand = defineCommand({
  name: 'wait',
  positionals: '<run>',
  describe: 'Wait until a run ends, and exit with how it ended. Shows no log.',
  details: ['', '<run> is a key, a Livy name (livywire-…-a1), livy:<batch id> or application_…'],
  examples: [
    ['livywire wait sales/2026-11-01 && ./publish.sh', 'go on only after success'],
    ['livywire wait --timeout 15m sales/2026-11-01', 'exit code 4 when it is still running then'],
  ],
  options: { ...waitOptions, ...connectionOptions, ...outputOptions },
  words: { min: 1, max: 1 },
  ownSignals: true,
  async run(args, context) {
    const waiting = waitingOf(args);
    const interrupts = interruptsFor(context, args['on-signal']);
    try {
      const { run } = await openRun(args.rest[0] ?? '', context, interrupts.signal);
      return await followRun(run, context, interrupts, {
        log: 'none',
        ...waiting,
      });
    } finally {
      interrupts.close();
    }
  },
});

import type { Run } from '../../app/index.js';
import { needUrl } from '../context.js';
import { type Context, defineCommand } from '../define.js';
import { exitCodes } from '../exit-code.js';
import { interruptsFor } from '../interrupts.js';
import { jobOptions, openJob, start } from '../job.js';
import { plain, runWord } from '../show.js';

/** Prints the key, and nothing else, on stdout: `key=$(livywire submit …)`. */
export function submitted(run: Run, { out }: Context): number {
  out.result(plain(run.ref.key));
  out.document({ v: 1, kind: 'submitted', how: run.how, ref: run.ref });
  out.note(`follow it with: livywire attach ${runWord(run.ref.key)}`);
  return exitCodes.succeeded;
}

export const submitCommand = defineCommand({
  name: 'submit',
  positionals: '<file> [arguments…]',
  describe: 'Start a job and come back at once. Prints the key of the run.',
  details: ['', 'Takes every flag of spark-submit. Exits with 0 once the server has accepted the job.'],
  examples: [
    ['key=$(livywire submit s3://jobs/etl.py 2026-11-01)', 'start it, and keep its name'],
    ['livywire wait "$key"', 'and wait for it later'],
  ],
  options: jobOptions,
  stopAtFirstWord: true,
  ownSignals: true,
  async run(args, context) {
    const settings = await context.settings();
    needUrl(settings, args.rest);
    const opened = await openJob(args, context, settings);
    if ('code' in opened) return opened.code;
    const { livywire, job } = opened;

    const interrupts = interruptsFor(context, 'leave');
    try {
      const started = await start(livywire, job, args, context, interrupts);
      return 'code' in started ? started.code : submitted(started.run, context);
    } finally {
      interrupts.close();
    }
  },
});

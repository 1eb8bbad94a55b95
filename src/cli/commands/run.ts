import type { Run } from '../../app/index.js';
import { isFinal } from '../../core/index.js';
import { needUrl } from '../context.js';
import { defineCommand } from '../define.js';
import { followRun } from '../follow.js';
import { jobOptions, openJob, start } from '../job.js';
import { interruptsFor } from '../interrupts.js';
import { logOptions, submitOptions, waitingOf, waitOptions } from '../options.js';
import { submitted } from './submit.js';

export const runCommand = defineCommand({
  name: 'run',
  positionals: '<file> [arguments…]',
  describe: 'Start a job, show its log, wait for its end, and exit with how it ended.',
  details: [
    '',
    'Takes every flag of spark-submit, so spark-submit can be replaced by livywire run.',
    'Everything behind the file belongs to the job.',
    '',
    'Exit codes: 0 succeeded, 1 failed, 2 wrong usage, 3 a service is out of reach,',
    '4 still running, 5 cancelled, 6 the outcome is lost, 70 a mistake in livywire,',
    '129, 130, 143 ended by a signal with the job left running.',
  ],
  examples: [
    ['livywire run s3://jobs/etl.py 2026-11-01', 'one job, live'],
    ['livywire run --key sales/2026-11-01 s3://jobs/etl.py 2026-11-01', 'once per key, however often it is called'],
    [
      'livywire run --class org.example.Etl --conf spark.sql.shuffle.partitions=400 s3://jobs/etl.jar',
      'as with spark-submit',
    ],
    ['livywire run --timeout 2h --on-timeout cancel --json s3://jobs/etl.py | jq .kind', 'for scripts'],
  ],
  options: {
    ...submitOptions,
    ...waitOptions,
    detach: {
      type: 'boolean',
      alias: 'd',
      describe: 'Come back once it is accepted, as submit does',
      group: 'Waiting',
    },
    ...jobOptions,
    ...logOptions,
  },
  stopAtFirstWord: true,
  ownSignals: true,
  async run(args, context) {
    const waiting = waitingOf(args);
    const settings = await context.settings();
    needUrl(settings, args.rest);
    const opened = await openJob(args, context, settings, waiting.timeoutMs);
    if ('code' in opened) return opened.code;
    const { livywire, job, ...rest } = opened;

    const interrupts = interruptsFor(context, args['on-signal']);
    try {
      const started = await start(livywire, job, args, context, interrupts, { ...waiting, ...rest });
      if ('code' in started) return started.code;
      if (args.detach && !interrupts.signal.aborted && started.isLate !== true) return submitted(started.run, context);
      // Under a key whose run has ended there is nothing to follow: how it ended is the answer, livywire logs has the log.
      const log =
        args.quiet || (await hasEnded(started.run, interrupts.signal)) ? 'none' : args.verbose ? 'whole' : 'folded';
      return await followRun(started.run, context, interrupts, {
        log,
        ...waiting,
        ...(started.restMs !== undefined && { timeoutMs: started.restMs }),
      });
    } finally {
      interrupts.close();
    }
  },
});

/** Whether an adopted run was over before we came. Where nobody can say, following it will tell. */
async function hasEnded(run: Run, signal: AbortSignal): Promise<boolean> {
  if (run.how !== 'adopted') return false;
  if (run.outcome) return true;
  return run.status({ signal }).then(isFinal, () => false);
}

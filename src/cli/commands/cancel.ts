import { isLivywireError, type StopState } from '../../core/index.js';
import { defineCommand } from '../define.js';
import { codeOfSignal, exitCodes } from '../exit-code.js';
import { Interrupted } from '../interrupts.js';
import { leftOfStop, stopWords } from '../left.js';
import { openRun } from '../open-run.js';
import { connectionOptions, durationOf, outputOptions } from '../options.js';
import { outcomeLines, plain, runWord } from '../show.js';

export const cancelCommand = defineCommand({
  name: 'cancel',
  positionals: '<run>',
  describe: 'Stop a run, and come back when a server has said that it stopped.',
  details: [
    '',
    '<run> is a key, a Livy name (livywire-…-a1), livy:<batch id> or application_…',
    'Exits with 0 when the run is over, however it ended, and with 4 when it would not stop in time.',
  ],
  examples: [
    ['livywire cancel sales/2026-11-01', ''],
    ['livywire cancel --timeout 30s livy:12', 'do not wait longer for the proof'],
  ],
  options: {
    timeout: {
      type: 'string',
      describe: 'How long to wait for the proof that it stopped (default 3m)',
      group: 'Waiting',
    },
    ...connectionOptions,
    ...outputOptions,
  },
  words: { min: 1, max: 1 },
  async run(args, context) {
    const { out, signal } = context;
    const timeoutMs = durationOf(args.timeout, '--timeout');
    const { run } = await openRun(args.rest[0] ?? '', context, signal);
    let state: StopState = 'unsent';
    // Of what has ended nothing is stopped: it is said when a server is asked.
    const onStop = (to: StopState): void => {
      if (state === 'unsent' && to === 'sent') out.note(`stopping ${plain(run.ref.key)}`);
      state = to;
    };
    try {
      const outcome = await run.cancel({ signal, onStop, ...(timeoutMs !== undefined && { timeoutMs }) });
      out.result(...outcomeLines(outcome, out.paint, outcome.kind !== 'cancelled'));
      out.document(outcome);
      return outcome.kind === 'lost' ? exitCodes.lost : exitCodes.succeeded;
    } catch (error) {
      const why: unknown = signal.reason;
      const key = plain(run.ref.key);
      const see = `${key}; see livywire status ${runWord(key)}`;
      if (!signal.aborted && isLivywireError(error) && error.code === 'WAIT_TIMEOUT')
        out.warn(`${stopWords[state]}: ${see}, or ask again with livywire cancel ${runWord(key)}`);
      if (!signal.aborted || !(why instanceof Interrupted)) throw error;
      // Silence would be taken for a job that stopped.
      out.warn(`${stopWords[state]}: ${see}`);
      out.document({ v: 1, kind: leftOfStop(state).kind, reason: 'signal', stop: state, ref: run.ref });
      return why.signal === undefined ? exitCodes.stillRunning : codeOfSignal(why.signal);
    }
  },
});

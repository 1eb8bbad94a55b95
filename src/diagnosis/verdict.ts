import type { RunStatus } from '../core/index.js';
import { type Burst, endsDriver } from './burst.js';
import type { Line } from './line.js';

/** How it ended, as far as a log tells: `undefined` where it does not. */
export interface Verdict {
  readonly kind?: 'failed' | 'succeeded' | 'killed';
  /** The exit code of the driver's own program, as the application master saw it. */
  readonly userExit?: number;
  /** The exit code of the application master; 10 to 17 are Spark's own. */
  readonly masterExit?: number;
}

const FINAL_APP = /^Final app status: (\w{1,20}), exitCode: (-?\d{1,6})/;
const USER_EXIT = /User application exited with (?:status )?(-?\d{1,6})/;
const FINAL_STATUS = /^\s{0,9}final status: (FAILED|SUCCEEDED|KILLED)$/;
const MASTER_EXIT = /AM Container for appattempt_\S{1,60} exited with\s{1,3}exitCode: (-?\d{1,6})/;
const FAILED_APP = /^(?:Exception in thread "main" )?\S{0,80}\s?Application (?:application_\d{1,20}_\d{1,9} )?(?:finished with failed status|failed \d{1,3} times)/; // prettier-ignore
const KILLED_APP = /^Application (?:application_\d{1,20}_\d{1,9} was killed by user|killed by user)/;
const SUBMIT_ERROR = /^Error: (?!.*\b0 errors\b)/;

const ofStatus: Readonly<Record<string, Verdict['kind']>> = { FAILED: 'failed', SUCCEEDED: 'succeeded', KILLED: 'killed' }; // prettier-ignore
const ofState = (state: RunStatus['state']): Verdict['kind'] =>
  state === 'failed' || state === 'succeeded' ? state : state === 'cancelled' ? 'killed' : undefined;

/** What is known of the end: the servers' word first, then the last word of the log. */
export function verdictOf(
  known: { readonly state: RunStatus['state']; readonly exitCode?: number | undefined },
  lines: readonly Line[],
  bursts: readonly Burst[],
): Verdict {
  let userExit: number | undefined;
  let masterExit: number | undefined;
  let said: Verdict['kind'];
  let hinted: Verdict['kind'];
  for (const { text, event } of lines) {
    const words = event?.message ?? text;
    const final = FINAL_APP.exec(words);
    if (final) {
      said = ofStatus[final[1] ?? ''] ?? said;
      masterExit = Number(final[2]);
    }
    said = ofStatus[FINAL_STATUS.exec(words)?.[1] ?? ''] ?? said;
    const user = USER_EXIT.exec(words)?.[1];
    if (user !== undefined) userExit = Number(user);
    const master = MASTER_EXIT.exec(words)?.[1];
    if (master !== undefined) masterExit = Number(master);
    if (KILLED_APP.test(words)) said = 'killed';
    else if (master !== undefined || FAILED_APP.test(words)) said = 'failed';
    if (SUBMIT_ERROR.test(words) || (userExit !== undefined && userExit !== 0)) hinted = 'failed';
  }
  if (bursts.some(endsDriver)) hinted = 'failed';
  const ofExit = known.exitCode === undefined ? undefined : known.exitCode === 0 ? 'succeeded' : 'failed';
  const kind = ofState(known.state) ?? ofExit ?? said ?? hinted;
  return {
    ...(kind && { kind }),
    ...(userExit !== undefined && { userExit }),
    ...(masterExit !== undefined && { masterExit }),
  };
}

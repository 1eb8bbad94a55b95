import {
  isLivywireError,
  isInFlight,
  openRecords,
  type OutcomeKind,
  type RunRecord,
  type RunRef,
} from '../core/index.js';
import { Beats } from './beats.js';
import { isTimeUp } from './deadline.js';
import { eachOf } from './each-of.js';
import { isBusEvent } from './events/event-bridge.js';
import { createHandler, type Handler, type HandlerOptions, type Invocation } from './invocation.js';
import { runsAt, type Services } from './services.js';
import { keepListeners, listenersOf } from './tell/keep-listener.js';
import { tellEnds, tellGoingOn } from './tell/tell-ends.js';
import { clean } from './thrown.js';

export interface WatchHandlerOptions extends HandlerOptions {
  /** How often the ledger is looked at for runs that are new, in seconds. @defaultValue `60` */
  readonly roundSeconds?: number;
}

/** What one invocation of the watcher saw. */
export interface WatchAnswer {
  readonly v: 1;
  /** Runs that were in flight. */
  readonly followed: number;
  readonly ended: Readonly<Record<OutcomeKind, number>>;
  /** Still in flight. */
  readonly open: number;
  /** Of those, nothing was started: the same submit goes on. */
  readonly unsent: number;
  /** Of those, what they are could not be found out; the log says why. */
  readonly troubled: number;
}

/** For what is written down at the end, in milliseconds. */
const LAST_MS = 5_000;
const AT_ONCE = 16;
/** Between two looks at one run: what is read for one is read for all that are due then. */
const LONGEST_PAUSE_MS = 60_000;

type Seen = { [Kind in OutcomeKind]: number } & { unsent: number; troubled: number; open: number };

/**
 * The function that follows every run of a ledger that is in flight, for as long as it has time: it writes down how they end, and why,
 * and tells whoever waits for that: tasks of state machines, and a bus. One is enough for any number of runs: call it by a schedule
 * as often as it has time (five minutes, and a limit of five minutes), and by EMR's events, so that what ends with its cluster is
 * settled at once. Two at once do no harm.
 */
export function createWatchHandler(options: WatchHandlerOptions = {}): Handler<WatchAnswer> {
  const { roundSeconds = 60 } = options;
  return createHandler('watch', options, async (event, call) => {
    if (isBusEvent(event)) call.telemetry.log('INFO', 'woken', { by: event });
    const services = await call.services();
    const { ledger } = services;
    const seen: Seen = { succeeded: 0, failed: 0, cancelled: 0, lost: 0, unsent: 0, troubled: 0, open: 0 };
    const followed = new Map<string, Promise<void>>();
    const beats = await Beats.after(call, ledger);
    /** Keys of runs that are followed now: whoever follows one tells of its end. */
    const going = new Set<string>();
    let lostBefore = 0;
    for (;;) {
      let oldestMs = 0;
      const records: RunRecord[] = [];
      const owed: string[] = [];
      for await (const record of openRecords(ledger)) {
        // Of one that has ended somebody is still to be told.
        if (!isInFlight(record)) {
          if (!going.has(record.key)) owed.push(record.key);
          continue;
        }
        records.push(record);
        oldestMs = Math.max(oldestMs, call.clock.now() - Date.parse(record.attempts.at(-1)?.createdAt ?? ''));
        const id = idOf(record);
        if (followed.has(id)) continue;
        going.add(record.key);
        followed.set(
          id,
          follow(call, services, record, { seen, beats }).finally(() => going.delete(record.key)),
        );
      }
      call.telemetry.gauges({
        OpenRuns: [records.length, 'Count'],
        OldestRun: [oldestMs, 'Milliseconds'],
        LostRuns: [seen.lost - lostBefore, 'Count'],
      });
      lostBefore = seen.lost;
      await beats.say(records);
      // Last: who cannot be told, because Step Functions is out of reach, keeps no run from being followed.
      await eachOf(owed, AT_ONCE, (key) => tellEnds(call, services, key));
      await eachOf(records, AT_ONCE, (record) => tellGoingOn(call, services, record, beats));
      const pauseMs = Math.min(roundSeconds * 1_000, call.leftMs() - LAST_MS);
      if (going.size === 0 || pauseMs <= 0) break;
      await untilOver(call, pauseMs, [...followed.values()]);
    }
    await Promise.all(followed.values());
    if (seen.lost > lostBefore) call.telemetry.gauges({ LostRuns: [seen.lost - lostBefore, 'Count'] });
    const { unsent, troubled, open, ...ended } = seen;
    return { v: 1, followed: followed.size, ended, open, unsent, troubled };
  });
}

/** For so long, or until all that are followed have ended. */
async function untilOver({ clock, signal }: Invocation, ms: number, followed: readonly Promise<void>[]): Promise<void> {
  const done = new AbortController();
  const pause = clock.sleep(ms, AbortSignal.any([signal, done.signal])).catch(() => undefined);
  await Promise.race([pause, Promise.all(followed)]);
  done.abort();
  await pause;
}

const idOf = ({ key, attempts }: RunRecord): string => `${attempts.length} ${key}`;

interface Followed {
  readonly seen: Seen;
  readonly beats: Beats;
}

/** Until it ends, or the time does. Never rejects. */
async function follow(
  call: Invocation,
  services: Services,
  record: RunRecord,
  { seen, beats }: Followed,
): Promise<void> {
  const { key } = record;
  const { telemetry, signal } = call;
  try {
    const runs = await runsAt(services, record.attempts.at(-1)?.endpoint ?? '');
    const run = await runs.find(key);
    await announce(call, run.ref);
    const timeoutMs = Math.max(0, call.leftMs() - LAST_MS);
    for await (const status of run.watch({ timeoutMs, maxDelayMs: LONGEST_PAUSE_MS, signal }))
      beats.saw(run.ref, status);
    const { outcome } = run;
    if (!outcome) return;
    beats.ended(run.ref);
    seen[outcome.kind] += 1;
    telemetry.outcome(outcome);
    telemetry.log('INFO', 'ended', { run: outcome.ref, outcome: outcome.kind });
    await tellEnds(call, services, key);
  } catch (error) {
    seen.open += 1;
    if (isTimeUp(error)) return;
    if (isLivywireError(error) && error.code === 'RUN_UNSENT') seen.unsent += 1;
    else seen.troubled += 1;
    telemetry.log('WARN', clean(error).message, { key, error: { name: clean(error).name } });
  }
}

/** That its end is put on the bus: written down before it comes, so that whoever finds it tells. It is no reason not to follow. */
async function announce(call: Invocation, ref: RunRef): Promise<void> {
  try {
    await keepListeners(call, ref, listenersOf(call, {}, ref, 0));
  } catch (error) {
    call.telemetry.log('WARN', clean(error).message, { run: ref });
  }
}

/** As Lambda calls it. */
export const handler = createWatchHandler();

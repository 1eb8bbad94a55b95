import {
  AuthError,
  type Clock,
  orAborted,
  type RunOutcome,
  type RunRef,
  type RunStatus,
  RunUnsentError,
  SubmitUnknownError,
  UnreachableError,
  WaitTimeoutError,
} from '../core/index.js';
import { checkOptions } from './check-options.js';
import { conclude } from './conclude.js';
import type { EngineDeps } from './deps.js';
import { Observer, type OwnCancel, type Reading } from './observer.js';
import { isUnsettled, noteSeen, unsettledStatus } from './left-behind.js';
import type { WaitOptions } from './options.js';
import { DIRECT_MIN_MS, LIVY_OVER_YARN_MIN_MS, pace, TERMINAL_MAX_MS } from './pace.js';
import { ageOf, QueueLimit } from './queue-limit.js';
import { endIn } from './records.js';
import { Spell } from './spell.js';
import { StrayWatch } from './stray-watch.js';
import { TimeWaited } from './time-waited.js';
import { underWatch, writtenDown } from './under-watch.js';
import { YarnOutage } from './yarn-outage.js';

/** Longest wait for the last read: the one that begins on the deadline, or too close to it to be answered by then. */
const LAST_READ_MS = 10_000;
const CLOSE_MS = 1_000;
/** What a submitter left behind is settled within a minute or two, however old it is. */
const UNSETTLED_MAX_MS = 5_000;

/** What a watch yields: readings, silences that are new, and at last the outcome. */
export type Sight =
  | { readonly kind: 'status'; readonly ref: RunRef; readonly status: RunStatus }
  /** `status`: where it is a reading all the same, of what nobody can tell yet. */
  | { readonly kind: 'silent'; readonly reason: string; readonly status?: RunStatus }
  | { readonly kind: 'outcome'; readonly ref: RunRef; readonly outcome: RunOutcome };

/**
 * The one loop that waits for the end of an attempt; everything else walks it. The last sight is the outcome.
 * @throws WaitTimeoutError, AuthError, UnreachableError after an unbroken outage; the job goes on in each case
 * @throws RunUnsentError when nothing was started; SubmitUnknownError when that cannot be told for as long as an outage
 */
export async function* watch(
  deps: EngineDeps,
  ref: RunRef,
  options: WaitOptions = {},
  cancel?: OwnCancel,
): AsyncGenerator<Sight, void> {
  const { clock, waits } = deps;
  checkOptions(options);
  const { maxDelayMs = TERMINAL_MAX_MS, timeoutMs = Infinity, queueTimeoutMs = Infinity, signal } = options;
  const observer = new Observer(deps, ref, cancel);
  const waited = new TimeWaited(clock);
  const bornAt = Date.parse(ref.createdAt);
  let knownAppId = ref.appId;
  const silence = new Spell(clock);
  let saidSilent = '';
  let authProblems = 0;
  const queue = new QueueLimit(queueTimeoutMs);
  const strays = new StrayWatch(deps);
  const outage = new YarnOutage(deps);
  const lookForStrays = async (): Promise<string[]> => {
    const rest = timeoutMs - waited.ms;
    if (rest < CLOSE_MS) return [];
    const said = await inTime(clock, rest, signal, (within) => strays.look(observer.ref, within));
    return said === 'late' ? [] : said;
  };
  // Since when it waits in a queue, the ledger does not say.
  const isSpared = queueTimeoutMs === Infinity;
  let isUnderWatch = false;
  let isFirst = true;
  for (;;) {
    signal?.throwIfAborted();
    const askedAt = clock.now();
    const rest = timeoutMs - waited.ms;
    const read = async (within: AbortSignal | undefined): Promise<Reading> => {
      const known = isSpared ? await underWatch(deps, observer.ref, within) : undefined;
      isUnderWatch = known !== undefined;
      // Once it falls silent, who follows it alone has to know as much.
      if (known?.kind === 'going') observer.learn(known.status);
      if (known) return known;
      const attempt = isFirst || queue.needsAge ? await writtenDown(deps, ref, within) : undefined;
      const ended = endIn(attempt);
      if (ended) return ended;
      if (attempt) strays.knows(attempt);
      if (isFirst) observer.knows(attempt);
      isFirst = false;
      const seen = await observer.read(within);
      // Asked after it, so that no time of the reading counts twice, and only of what waits.
      if (queue.needsAge && seen.kind === 'going' && seen.status.state === 'waiting')
        queue.isAged(await ageOf(deps, attempt, bornAt, within), waited.ms);
      return seen;
    };
    const reading = await inTime(clock, rest > CLOSE_MS ? rest : LAST_READ_MS, signal, read).catch((error: unknown) => {
      // One refusal may be a token that was just renewed elsewhere; two are an answer.
      if (error instanceof AuthError && authProblems++ === 0) return { kind: 'silent', reason: error.message } as const;
      throw error;
    });
    if (reading === 'late') throw new WaitTimeoutError(observer.ref, timeoutMs);
    const { appId } = observer.ref;
    // The History Server knows runs by this id only, long after everybody else forgot.
    const isNews = appId !== undefined && appId !== knownAppId;
    if (isNews || (reading.kind === 'going' && isUnsettled(observer.noted))) {
      const attempt = await noteSeen(deps, observer.ref);
      if (attempt) strays.knows(attempt); // more may have been sent since the first look
      if (attempt) observer.knows(attempt);
      knownAppId = appId;
    }
    await outage.heed(reading, observer, signal);
    switch (reading.kind) {
      case 'ended':
      case 'recorded':
      case 'lost': {
        const status = endingOf(reading);
        if (status) yield { kind: 'status', ref: observer.ref, status };
        yield { kind: 'outcome', ref: observer.ref, outcome: await conclude(deps, observer, reading, signal) };
        return;
      }
      case 'going':
        authProblems = 0;
        silence.end();
        if (reading.aside !== undefined && reading.aside !== saidSilent)
          yield { kind: 'silent', reason: reading.aside };
        saidSilent = reading.aside ?? '';
        queue.saw(reading.status);
        yield { kind: 'status', ref: observer.ref, status: reading.status };
        if (!isUnderWatch) for (const reason of await lookForStrays()) yield { kind: 'silent', reason };
        break;
      case 'unsent':
        throw new RunUnsentError(observer.ref, reading.reason);
      case 'unsettled':
      case 'silent': {
        queue.sawNothing();
        const { reason } = reading;
        const isUnknown = reading.kind === 'unsettled';
        // Who submits it answers for it; there is no outage as long as that goes on.
        if (isUnknown && reading.isHeld) silence.end();
        else silence.goOn();
        if (silence.isLonger(waits.outageMs)) {
          throw isUnknown
            ? new SubmitUnknownError(observer.ref, reason)
            : new UnreachableError(`No answer about ${ref.name} for ${minutes(waits.outageMs)}: ${reason}`, 'maybe');
        }
        const status = isUnknown && { status: unsettledStatus(observer.ref, reason) };
        if (reason !== saidSilent) yield { kind: 'silent', reason, ...status };
        saidSilent = reason;
      }
    }
    const now = clock.now();
    const left = timeoutMs - waited.ms;
    if (left <= 0) throw new WaitTimeoutError(observer.ref, timeoutMs);
    const leftInQueue = queue.left(waited.ms);
    if (leftInQueue <= 0) throw new WaitTimeoutError(observer.ref, queueTimeoutMs, 'queue-timeout');
    const minMs = observer.asksLivyOverYarn || isUnderWatch ? LIVY_OVER_YARN_MIN_MS : DIRECT_MIN_MS;
    const mostMs = reading.kind === 'unsettled' ? Math.min(maxDelayMs, UNSETTLED_MAX_MS) : maxDelayMs;
    const next = askedAt + pace(now - bornAt, { minMs, maxMs: Math.max(minMs, mostMs) });
    // So the last read falls on the deadline.
    await waited.sleep(Math.min(onTick(next, askedAt, minMs) - now, left, leftInQueue), signal);
  }
}

/** `late` where the read takes longer; it is told to stop, and not waited for. */
async function inTime<T>(
  clock: Clock,
  ms: number,
  signal: AbortSignal | undefined,
  read: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T | 'late'> {
  if (ms === Infinity) return read(signal);
  const [late, done] = [new AbortController(), new AbortController()];
  clock.sleep(ms, done.signal).then(
    () => late.abort(),
    () => undefined,
  );
  const either = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
  try {
    return await orAborted(read(either), either);
  } catch (error) {
    signal?.throwIfAborted();
    if (late.signal.aborted) return 'late';
    throw error;
  } finally {
    done.abort();
  }
}

/** The nearest common tick to `next`, so that the reads of many runs fall due together; never much sooner than a tick from `from`. */
function onTick(next: number, from: number, tick: number): number {
  const nearest = Math.round(next / tick) * tick;
  return nearest - from < 0.9 * tick ? nearest + tick : nearest;
}

const minutes = (ms: number): string => `${Math.round(ms / 60_000)} minutes`;

/** The reading of an end whose outcome is still to be made, or to be completed. */
function endingOf(reading: Reading): RunStatus | undefined {
  if (reading.kind === 'ended') return reading.status;
  return reading.kind === 'recorded' ? reading.attempt.unfinished : undefined;
}

import {
  isFinal,
  isLivywireError,
  type RunOutcome,
  type RunRef,
  type RunStatus,
  RunUnsentError,
  WaitTimeoutError,
} from '../core/index.js';
import { CancelMark } from './cancel-mark.js';
import type { EngineDeps } from './deps.js';
import { endUnsent } from './end-unsent.js';
import type { CancelOptions } from './options.js';
import { Patience } from './patience.js';
import { StopRequest } from './stop-request.js';
import { unwatched } from './under-watch.js';
import { watch } from './watch.js';

const DEFAULT_TIMEOUT_MS = 180_000;
/** A Livy that took a DELETE has killed the application by then, if it could; and so has a YARN that was told to. */
const KILLED_WITHIN_MS = 15_000;
/** Of the whole time, how much the look before the stop may take, and its bounds. */
const LOOK_SHARE = 1 / 3;
const LOOK_LEAST_MS = 1_200;
const LOOK_MOST_MS = 15_000;
/** The same for what is looked up and written down in the ledger before it: one that hangs keeps the request from nobody, either. */
const NOTES_SHARE = 1 / 4;
const NOTES_LEAST_MS = 1_000;
const NOTES_MOST_MS = 15_000;

/**
 * Stops an attempt and proves it: asks the backend, then YARN where Livy cannot, does not know or takes its time, and
 * waits until a server says that it is over. Resolves with the outcome, whichever it was.
 * @throws WaitTimeoutError when no server would say so in time; `stop` tells whether one was asked
 */
export async function cancel(given: EngineDeps, ref: RunRef, options: CancelOptions = {}): Promise<RunOutcome> {
  const deps = unwatched(given); // a proof is a server's
  const { registry, clock } = deps;
  const { timeoutMs = DEFAULT_TIMEOUT_MS, signal, onStop } = options;
  const start = clock.now();
  const left = (): number => Math.max(0, timeoutMs - (clock.now() - start));
  const seen = await look(deps, ref, timeoutMs, options);
  if (seen.outcome) return seen.outcome;
  const known = seen.ref;
  const patience = new Patience(clock, shareOf(timeoutMs, NOTES_SHARE, NOTES_LEAST_MS, NOTES_MOST_MS));
  const briefly = <T>(work: Promise<T>): Promise<T | undefined> => patience.with(work, signal);
  // No server has it: of one that is still to be sent nothing ever will be.
  const unsent = seen.status ? undefined : await briefly(endedUnsent(deps, known));
  const mark = new CancelMark(deps, known, patience, signal);
  if (unsent) {
    await mark.prepare();
    await mark.set();
    return unsent;
  }

  const request = new StopRequest(deps, { left, signal, onStop });
  // Before anything is sent, so that whoever sees the end knows whose it was.
  await mark.prepare();
  const withdraw = async () => {
    if (request.state === 'unsent') await mark.withdraw();
  };
  try {
    // What is over and unclear needs no stopping.
    const isUnclear = seen.status?.unclear !== undefined;
    if (!isUnclear) await mark.set(request.ours.askedAt);
    const asked = isUnclear ? 'ended' : await request.ask(known);
    if (asked instanceof Error) throw asked;
    // It had ended before we came.
    if (asked === 'ended') await withdraw();

    let killFrom = clock.now() + KILLED_WITHIN_MS;
    const waiting = { timeoutMs: left(), maxDelayMs: 2_000, ...(signal && { signal }) };
    for await (const sight of watch(
      deps,
      request.known(known),
      waiting,
      asked === 'ended' ? undefined : request.ours,
    )) {
      if (sight.kind === 'outcome') return sight.outcome;
      if (sight.kind === 'status' && isFinal(sight.status)) onStop?.('ended');
      const isTaken = request.state === 'taken';
      // A request that was under way came back, and started nothing.
      const held = sight.kind === 'silent' && !isTaken ? await briefly(endedUnsent(deps, known)) : undefined;
      if (held) return held;
      if (sight.kind !== 'status' || isFinal(sight.status) || sight.status.unclear !== undefined) continue;
      // Nobody had it, or it was said to be over, and now it is there.
      if (!isTaken) {
        await mark.set(request.ours.askedAt);
        await request.ask(sight.ref);
        continue;
      }
      // Livy took it, and the application goes on: its spark-submit had handed it to YARN already.
      const isLate = sight.status.source === 'yarn' && clock.now() >= killFrom;
      if (registry && isLate) {
        await request.kill(sight.ref);
        // One that YARN took is sent again, too: a ResourceManager that dies right after its answer may not have kept it.
        killFrom = clock.now() + KILLED_WITHIN_MS;
      }
    }
    throw new WaitTimeoutError(known, timeoutMs);
  } catch (error) {
    await withdraw();
    throw isWaitTimeout(error) ? new WaitTimeoutError(error.ref, timeoutMs, 'timeout', request.state) : error;
  } finally {
    request.close();
  }
}

interface Seen {
  readonly ref: RunRef;
  readonly outcome?: RunOutcome;
  readonly status?: RunStatus;
}

/**
 * What has ended is not touched: its batch id may be another job's by now. A server that does not answer keeps the
 * request to stop from nobody: the look has a share of the time, no more.
 */
async function look(
  deps: EngineDeps,
  ref: RunRef,
  timeoutMs: number,
  { signal, onStop }: CancelOptions,
): Promise<Seen> {
  const lookMs = shareOf(timeoutMs, LOOK_SHARE, LOOK_LEAST_MS, LOOK_MOST_MS);
  let seen: Seen = { ref };
  try {
    for await (const sight of watch(deps, ref, { timeoutMs: lookMs, ...(signal && { signal }) })) {
      if (sight.kind === 'outcome') return { ref: sight.ref, outcome: sight.outcome };
      if (sight.kind === 'status') seen = { ref: sight.ref, status: sight.status };
      // After a final reading comes its outcome.
      if (sight.kind !== 'status' || !isFinal(sight.status)) break;
      onStop?.('ended');
    }
  } catch (error) {
    // Of what was never sent there is nothing to see: it is ended in the ledger.
    if (error instanceof RunUnsentError) return { ref: error.ref };
    if (!isWaitTimeout(error)) throw error;
    return { ...seen, ref: error.ref };
  }
  return seen;
}

const shareOf = (ms: number, share: number, least: number, most: number): number =>
  Math.round(Math.min(most, Math.max(least, ms * share)));

const isWaitTimeout = (error: unknown): error is WaitTimeoutError => error instanceof WaitTimeoutError;

/** A ledger that is out of reach keeps nobody from asking the servers. */
async function endedUnsent(deps: EngineDeps, ref: RunRef): Promise<RunOutcome | undefined> {
  try {
    return await endUnsent(deps, ref);
  } catch (error) {
    if (!isLivywireError(error)) throw error;
    deps.logger.warn('whether anything was sent could not be read in the ledger', { error: error.message });
    return undefined;
  }
}

import {
  JobFailedError,
  type RunEvent,
  RunNotFoundError,
  type RunOutcome,
  type RunRef,
  type RunStatus,
  RunUnsentError,
  UnreachableError,
  WaitTimeoutError,
} from '../core/index.js';
import { cancel } from './cancel.js';
import { conclude } from './conclude.js';
import type { EngineDeps } from './deps.js';
import { diagnoseAgain, type Examined } from './diagnose-again.js';
import { follow, logsNow, openingOf } from './follow.js';
import { noteSeen, unsettledStatus } from './left-behind.js';
import { Observer } from './observer.js';
import type { CancelOptions, EventOptions, LogOptions, Run, WaitOptions } from './options.js';
import { explained, withProgress } from './progress.js';
import { underWatch, unwatched } from './under-watch.js';
import { watch } from './watch.js';

/** One attempt, over the ports. */
export class EngineRun implements Run {
  readonly #deps: EngineDeps;
  readonly how: Run['how'];
  #ref: RunRef;
  #outcome: RunOutcome | undefined;

  constructor(deps: EngineDeps, ref: RunRef, how: Run['how'], outcome?: RunOutcome) {
    this.#deps = deps;
    this.#ref = ref;
    this.how = how;
    this.#outcome = outcome;
  }

  get ref(): RunRef {
    return this.#ref;
  }
  get outcome(): RunOutcome | undefined {
    return this.#outcome;
  }

  async status({ signal }: { readonly signal?: AbortSignal } = {}): Promise<RunStatus> {
    const observer = new Observer(this.#deps, this.#ref);
    const known = await underWatch(this.#deps, this.#ref, signal);
    if (known?.kind === 'going') {
      this.#ref = withKnown(this.#ref, known.status);
      return known.status;
    }
    const reading = known ?? (await observer.read(signal));
    const { id, appId } = this.#ref;
    this.#ref = observer.ref;
    switch (reading.kind) {
      case 'going':
        if (id !== this.#ref.id || appId !== this.#ref.appId) await noteSeen(this.#deps, this.#ref);
        return explained(this.#deps, this.#ref, reading.status, signal);
      case 'ended':
        // The server may have forgotten it by the next question. What livywire never started is in no ledger.
        if (this.#ref.attempt > 0) await conclude(this.#deps, observer, reading, signal);
        return reading.status;
      case 'recorded':
        return statusOfOutcome(await conclude(this.#deps, observer, reading, signal));
      case 'unsent':
        throw new RunUnsentError(this.#ref, reading.reason);
      case 'unsettled':
        return unsettledStatus(this.#ref, reading.reason);
      case 'lost':
      case 'silent': {
        if (reading.kind === 'silent' && reading.held) {
          return { ...reading.held, state: 'unknown', unclear: `${reading.held.raw}, and ${reading.reason}` };
        }
        const answered = observer.evidence
          .map(({ source, asked, answer }) => `${source} (${asked}): ${answer}`)
          .join('; ');
        if (reading.kind === 'silent' && !observer.everyoneAnswered)
          throw new UnreachableError(reading.reason, 'maybe');
        if (observer.noted?.outcome) return statusOfOutcome(observer.noted.outcome);
        throw new RunNotFoundError(`Nobody has a record of ${this.#ref.name} (${answered})`);
      }
    }
  }

  async *watch(options: WaitOptions = {}): AsyncGenerator<RunStatus, void> {
    let last: RunStatus | undefined;
    for await (const sight of watch(this.#deps, this.#ref, options)) {
      if (sight.kind !== 'silent') this.#ref = sight.ref;
      if (sight.kind === 'outcome') this.#outcome = sight.outcome;
      if (sight.kind !== 'outcome' && sight.status) yield (last = sight.status);
      // Seen by somebody else, or by nobody: no reading of ours has said so.
      if (sight.kind === 'outcome' && last?.state !== sight.outcome.kind) yield statusOfOutcome(sight.outcome);
    }
  }

  async *events(options: EventOptions = {}): AsyncGenerator<RunEvent, void> {
    // Whoever reads the log asks the servers anyhow.
    const deps = options.log === false ? this.#deps : unwatched(this.#deps);
    const followed = (given: EventOptions) => follow(deps, this.#ref, given);
    for await (const event of this.#learning(withProgress(deps, this.#ref, options, followed)))
      if (options.log !== false || (event.type !== 'line' && event.type !== 'gap')) yield event;
  }

  async *#learning(events: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent, void> {
    for await (const event of events) {
      if (event.type === 'outcome') {
        this.#ref = event.outcome.ref;
        this.#outcome = event.outcome;
      }
      if (event.type === 'state') this.#ref = withKnown(this.#ref, event.status);
      yield event;
    }
  }

  async *logs({ follow: goOn = false, signal, ...wanted }: LogOptions = {}): AsyncGenerator<RunEvent, void> {
    const options = { ...openingOf(wanted), ...(signal && { signal }) };
    // Who reads the log only has nobody asked for progress.
    const events = goOn
      ? this.#learning(follow(unwatched(this.#deps), this.#ref, options))
      : logsNow(this.#deps, this.#ref, options);
    for await (const event of events) {
      if (event.type === 'line' || event.type === 'gap' || event.type === 'notice') yield event;
    }
  }

  async wait(options: WaitOptions = {}): Promise<RunOutcome> {
    for await (const sight of watch(this.#deps, this.#ref, options)) {
      if (sight.kind !== 'silent') this.#ref = sight.ref;
      if (sight.kind === 'outcome') return (this.#outcome = sight.outcome);
    }
    throw new WaitTimeoutError(this.#ref, options.timeoutMs ?? Infinity);
  }

  async result(options: WaitOptions = {}): Promise<RunOutcome> {
    const outcome = await this.wait(options);
    if (outcome.kind === 'succeeded') return outcome;
    const why = outcome.kind === 'failed' ? `: ${outcome.diagnosis.code}, ${outcome.diagnosis.title}` : '';
    throw new JobFailedError(outcome, `Run ${outcome.ref.key} ended as ${outcome.kind}${why}`);
  }

  async diagnose({ signal }: { readonly signal?: AbortSignal } = {}): Promise<Examined> {
    const examined = new EngineRun(unwatched(this.#deps), this.#ref, this.how);
    const status = await examined.status(signal ? { signal } : {});
    this.#ref = examined.ref;
    return diagnoseAgain(this.#deps, this.#ref, status, signal);
  }

  async cancel(options: CancelOptions = {}): Promise<RunOutcome> {
    const outcome = await cancel(this.#deps, this.#ref, options);
    this.#ref = outcome.ref;
    this.#outcome = outcome;
    return outcome;
  }
}

const withKnown = (ref: RunRef, status: RunStatus): RunRef => ({
  ...ref,
  ...(status.id !== undefined && { id: status.id }),
  ...(status.appId !== undefined && { appId: status.appId }),
});

/** An outcome from the ledger, read as a status. */
function statusOfOutcome(outcome: RunOutcome): RunStatus {
  const { ref, links } = outcome;
  return {
    raw: outcome.kind,
    state: outcome.kind === 'lost' ? 'unknown' : outcome.kind,
    source: 'ledger',
    links,
    name: ref.name,
    ...(ref.id !== undefined && { id: ref.id }),
    ...(ref.appId !== undefined && { appId: ref.appId }),
    ...(outcome.kind === 'failed' && { message: outcome.diagnosis.title }),
  };
}

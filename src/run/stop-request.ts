import {
  BadAnswerError,
  type CallOptions,
  isFinal,
  isLivywireError,
  type LivywireError,
  type RunRef,
  type StopState,
  UnreachableError,
} from '../core/index.js';
import { amend } from './amend.js';
import { firstOf } from './app-status.js';
import type { EngineDeps } from './deps.js';
import { attemptNamePattern } from './names.js';
import type { OwnCancel } from './reading.js';
import { within } from './within.js';

/** Livy answers a DELETE once the kill is done. It is not waited for longer than this before YARN is asked as well. */
const YARN_AFTER_MS = 5_000;
/** Less than this is no asking, however little time was given. */
const LEAST_MS = 2_000;
const KILL_TRIES = 3;
const KILL_AGAIN_MS = 1_000;
/** How long a ledger that hangs keeps us from looking whether it stopped. */
const NOTE_LEAST_MS = 500;
const NOTE_MOST_MS = 5_000;
/** Livy's 120 s app-lookup-timeout, and the kill itself. */
const MOST_MS = 150_000;

/** `ended`: it is over where it was to be stopped, and nothing was asked. `unanswered`: the request is under way. */
export type StopAnswer = 'asked' | 'no-record' | 'ended' | 'unanswered' | LivywireError;

export interface StopRequestOptions {
  /** What is left of the time for the cancel, in milliseconds. */
  readonly left: () => number;
  readonly signal?: AbortSignal | undefined;
  readonly onStop?: ((state: StopState) => void) | undefined;
}

/** Asks for the end of one attempt, at the backend and at YARN, and knows how far that came. */
export class StopRequest {
  readonly #deps: EngineDeps;
  readonly #options: StopRequestOptions;
  /** Ends what is still under way when nobody waits for it any more. */
  readonly #over = new AbortController();
  #underWay = 0;
  #mayBeTaken = false;
  #said: StopState = 'unsent';
  /** Of the application that was killed under the attempt's tag: only YARN knows it yet. */
  #appId: string | undefined;
  readonly ours: OwnCancel;

  constructor(deps: EngineDeps, options: StopRequestOptions) {
    this.#deps = deps;
    this.#options = options;
    this.ours = { askedAt: this.#now() };
  }

  get state(): StopState {
    if (this.ours.takenAt !== undefined) return 'taken';
    return this.#underWay > 0 || this.#mayBeTaken ? 'sent' : 'unsent';
  }

  /** The ref, with what was learnt by asking. */
  known(ref: RunRef): RunRef {
    return this.#appId === undefined ? ref : { ...ref, appId: this.#appId };
  }

  close(): void {
    this.#over.abort();
  }

  /** At the backend; and at YARN where the backend fails, has no record, knows of an end, or takes its time. */
  async ask(ref: RunRef): Promise<StopAnswer> {
    const { backend, clock, registry } = this.#deps;
    const ms = this.#longest();
    const atBackend = this.#send((options) => backend.stop(ref, options), ms);
    const until = async (longestMs: number): Promise<StopAnswer> =>
      (await within(clock, longestMs, atBackend, this.#options.signal)) ?? 'unanswered';
    let asked = await until(registry ? Math.min(YARN_AFTER_MS, ms / 3) : ms);
    if (asked !== 'asked' && registry) {
      const killed = await this.kill(ref);
      const isSettled = killed === 'asked' || killed === 'ended' || isLost(killed);
      if (!isSettled && asked === 'unanswered') asked = await until(this.#options.left());
      if (isSettled || asked === 'no-record') asked = isLost(killed) ? 'unanswered' : killed;
    }
    if (asked === 'asked') await this.#taken(ref);
    return asked;
  }

  /** At YARN, which takes a kill of what is over as well: it is looked first, so that an end of its own is not called ours. */
  async kill(ref: RunRef): Promise<StopAnswer> {
    const { registry, clock } = this.#deps;
    const { signal } = this.#options;
    const ms = this.#longest();
    const ask = async (): Promise<StopAnswer> => {
      const app = await this.#answerOf(appOf(this.#deps, ref, this.#call(ms)));
      if (isLivywireError(app)) return app;
      if (!registry || !app) return 'no-record';
      if (isFinal(app) || app.unclear !== undefined) return 'ended';
      const { appId } = app;
      this.#appId = appId;
      return this.#send((options) => registry.kill(appId, options), ms);
    };
    // A kill whose answer is lost can be sent again, after one more look: what has ended takes no harm.
    const askAgain = async (): Promise<StopAnswer> => {
      for (let tries = 1; ; tries++) {
        const answer = await ask();
        if (!isLost(answer) || tries >= KILL_TRIES) return answer;
        await clock.sleep(KILL_AGAIN_MS, this.#call(ms).signal);
      }
    };
    return (await within(clock, ms, askAgain(), signal)) ?? 'unanswered';
  }

  /** Counts as under way until it is answered; one that was broken off may have been acted on. */
  async #send(
    send: (options: CallOptions) => Promise<Exclude<StopAnswer, LivywireError>>,
    timeoutMs: number,
  ): Promise<StopAnswer> {
    const request = send(this.#call(timeoutMs));
    this.#underWay++;
    this.#say();
    const answer = await this.#answerOf(request);
    this.#underWay--;
    if (isLivywireError(answer)) this.#mayBeTaken ||= mayHaveBeenTaken(answer);
    this.#say();
    return answer;
  }

  /** A service's failure is an answer of a kind; the caller's abort is not. */
  async #answerOf<T>(request: Promise<T>): Promise<T | LivywireError> {
    try {
      return await request;
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      if (!isLivywireError(error)) throw error;
      this.#deps.logger.warn('a server did not take the cancel', { error: error.message });
      return error;
    }
  }

  async #taken(ref: RunRef): Promise<void> {
    this.ours.takenAt = this.#now();
    this.#say();
    const noted = amend(this.#deps, ref, { cancelTakenAt: this.ours.takenAt });
    await within(this.#deps.clock, Math.min(NOTE_MOST_MS, Math.max(NOTE_LEAST_MS, this.#options.left())), noted);
  }

  #say(): void {
    if (this.state === this.#said) return;
    this.#said = this.state;
    this.#options.onStop?.(this.#said);
  }

  #call(timeoutMs: number): CallOptions {
    const { signal } = this.#options;
    return { signal: signal ? AbortSignal.any([signal, this.#over.signal]) : this.#over.signal, timeoutMs };
  }

  #longest(): number {
    return Math.min(MOST_MS, Math.max(LEAST_MS, this.#options.left()));
  }

  #now(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }
}

const isLost = (answer: StopAnswer): boolean => isLivywireError(answer) && mayHaveBeenTaken(answer);

/** Whether a server may have acted on the request though its answer is none. */
const mayHaveBeenTaken = (error: LivywireError): boolean =>
  error instanceof UnreachableError ? error.reached !== 'no' : error.retryable || error instanceof BadAnswerError;

/** By its id, else by its tag, which proves whose it is: only livywire's own names are tags of livywire's. */
async function appOf({ registry }: EngineDeps, { appId, name }: RunRef, options: CallOptions) {
  if (appId !== undefined) return registry?.byId(appId, options);
  if (!attemptNamePattern.test(name)) return undefined;
  const search = await registry?.byTag(name, options);
  return search?.kind === 'found' ? firstOf(search.apps) : undefined;
}

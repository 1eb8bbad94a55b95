import {
  type AttemptPlan,
  type AttemptRecord,
  LedgerError,
  type LivywireError,
  orAborted,
  type RunStatus,
  type StartAnswer,
  SubmitUnknownError,
} from '../core/index.js';
import { backPressure } from './back-pressure.js';
import type { ClaimHolder } from './claims.js';
import type { EngineDeps } from './deps.js';
import { cancelledUnsent } from './end-unsent.js';
import { discardLeftover } from './leftover.js';
import { Lookout, type Sighting } from './lookout.js';
import { noteStarted } from './note-started.js';
import { knownFrom, refOf } from './records.js';
import { ServerTime } from './server-time.js';
import { Settling, unsettled } from './settling.js';
import { checkSpecOf } from './spec-tag.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** Tries against a server that refuses the connection: enough for a blip, short enough for a wrong address. */
const UNSENT_TRIES = 3;
/** An intent older than this share of the lease (the process was stopped, the ledger was slow) is written anew. */
const FRESH_INTENT = 0.5;

export interface StarterOptions {
  /** Our clock, milliseconds. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
  readonly forceResend: boolean;
}

/** Brings one claimed attempt to `started`, or says why not. Holds the claim all the while. */
export class Starter {
  readonly #deps: EngineDeps;
  readonly #holder: ClaimHolder;
  readonly #plan: AttemptPlan;
  readonly #options: StarterOptions;
  readonly #lookout: Lookout;
  readonly #time: ServerTime;
  #force: boolean;
  /** Sent again on the caller's word: absence is not proven. */
  #isForced = false;
  /** A request of this submit: what the caller's word was about came before it. */
  #hasSent = false;
  #inFlight: Promise<StartAnswer> | undefined;
  /** A request was sent, and what became of it is not known. */
  #inDoubt = false;
  /** What was seen right before the first request. */
  #before: Sighting | undefined;

  constructor(deps: EngineDeps, holder: ClaimHolder, plan: AttemptPlan, options: StarterOptions) {
    this.#deps = deps;
    this.#holder = holder;
    this.#plan = plan;
    this.#options = options;
    this.#lookout = new Lookout(deps, plan.name);
    this.#time = new ServerTime(deps);
    this.#force = options.forceResend;
  }

  async run({ askFirst }: { readonly askFirst: boolean }): Promise<'started' | 'adopted'> {
    let how: 'started' | 'adopted' = 'adopted';
    let seen: RunStatus | undefined;
    let isFull = false;
    const { logger } = this.#deps;
    const { name } = this.#plan;
    this.#inDoubt = this.#posts.length > 0;
    if (this.#inDoubt) seen = await this.#settle('an earlier request was sent');
    else if (askFirst) seen = await this.#askOnce();
    for (let unsent = 0, pause = FIRST_PAUSE_MS; !seen; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const answer = await this.#post();
      if (answer === 'cancelled') return 'adopted';
      switch (answer.kind) {
        case 'started':
          seen = answer.status;
          how = 'started';
          break;
        case 'duplicate':
          // This POST did nothing; what holds the name came before it, and may be running.
          this.#inDoubt = true;
          seen = await this.#settle('the backend holds the name already', { before: this.#posts.slice(0, -1) });
          break;
        case 'unknown':
          logger.warn('the fate of a submit is unknown; asking', { name, error: answer.error.message });
          seen = await this.#settle(answer.error.message, { cause: answer.error });
          how = seen ? 'started' : how;
          break;
        case 'busy':
          await this.#forgetPost();
          if (!isFull) logger.warn(`${answer.message}; nothing was started, and a place is waited for`, { name });
          isFull = true;
          await this.#pause(answer.retryAfterMs ?? pause, () => backPressure(answer.message));
          break;
        case 'unsent':
          await this.#forgetPost();
          if (++unsent >= UNSENT_TRIES) throw await this.#giveUp(answer.error);
          await this.#pause(pause, () => answer.error);
          break;
        case 'refused':
          seen = await this.#refused(answer);
      }
    }
    await noteStarted(this.#deps, this.#holder, seen, this.#options.signal);
    return how;
  }

  /** Whether something may run under its name, whatever error came in between. */
  get inDoubt(): boolean {
    return this.#inDoubt;
  }

  /** The request that the caller's abort left under way. */
  get inFlight(): Promise<StartAnswer> | undefined {
    return this.#inFlight;
  }

  /** Writes down what a request came to whose caller did not wait for it. Never rejects. */
  async finishAlone(inFlight: Promise<StartAnswer>): Promise<void> {
    try {
      const answer = await inFlight;
      if (answer.kind === 'started') await this.#holder.close({ phase: 'started', ...knownFrom(answer.status) });
      else if (answer.kind === 'refused') await this.#refused(answer);
      else if (answer.kind === 'busy' || answer.kind === 'unsent') await this.#forgetPost();
    } catch {
      // The record still says that a request may be under way: the next submit with this key asks.
    } finally {
      await this.#holder.abandon();
    }
  }

  get #posts(): AttemptRecord['posts'] {
    return this.#holder.attempt.posts;
  }

  /** Writes the intent, makes sure that the claim is still ours and that nobody wants it stopped, sends. */
  async #post(): Promise<StartAnswer | 'cancelled'> {
    const { backend, clock, waits } = this.#deps;
    const { signal, deadline } = this.#options;
    for (;;) {
      const waiting = { keep: () => this.#holder.keep(), onSilence: () => this.#needsSomebody() };
      const serverMs = await this.#time.now(waiting, signal);
      this.#before = undefined;
      signal?.throwIfAborted();
      const at = clock.now();
      const post = { at: new Date(at).toISOString(), ...(serverMs !== undefined && { serverMs }) };
      const output = await this.#outputBefore();
      await this.#holder.write({ phase: 'posting', posts: [...this.#posts, post], ...(output && { output }) });
      if (this.#holder.attempt.cancelAskedAt !== undefined && !this.#isForced) {
        await this.#endCancelled();
        return 'cancelled';
      }
      const isFresh = clock.now() - at <= waits.leaseMs * FRESH_INTENT;
      if (isFresh && signal?.aborted !== true) break;
      await this.#forgetPost(); // fails if the claim was taken while we were away
      signal?.throwIfAborted();
      if (clock.now() >= deadline)
        throw await this.#giveUp(new LedgerError('The ledger was too slow to submit safely'));
    }
    // Not the caller's signal: a request that is cut off is one of unknown fate. It has its own limit.
    const sent = backend.start(this.#plan, { timeoutMs: waits.postTimeoutMs });
    this.#inFlight = sent;
    this.#hasSent = true;
    const answer = await orAborted(sent, signal);
    this.#inFlight = undefined;
    if (answer.kind === 'unknown' || answer.kind === 'started') this.#inDoubt = true;
    return answer;
  }

  /** What was sent before, if anything, is proven to have started nothing. */
  async #endCancelled(): Promise<void> {
    const { record, attempt } = this.#holder;
    const posts = this.#posts.slice(0, -1);
    const found = posts.length === 0 ? 'nothing was sent' : 'nothing came of what was sent';
    const outcome = cancelledUnsent(refOf(record.key, attempt), `asked to stop, and ${found}`, this.#deps.clock.now());
    await this.#holder.close({ phase: 'ended', posts, outcome });
  }

  /** What stands under its output before anything was sent; what a request may have written since is not `before`. */
  async #outputBefore(): Promise<AttemptRecord['output']> {
    const { output } = this.#holder.attempt;
    if (!output || this.#posts.length > 0) return output;
    const { signal } = this.#options;
    return { path: output.path, before: await this.#deps.markers.read(output.path, signal && { signal }) };
  }

  /** Before the first POST: is it there already? An unanswered question does not hold us up, for nothing was sent. */
  async #askOnce(): Promise<RunStatus | undefined> {
    const sighting = await this.#lookout.look([], this.#options.signal);
    if (sighting.kind === 'suspect') {
      this.#inDoubt = true;
      return this.#settle('the backend holds the name already');
    }
    this.#before = sighting;
    return sighting.kind === 'found' ? this.#adopt(sighting) : undefined;
  }

  /** Without YARN's time, and with a backend that takes no connection, a minute's wait for it leads to no request. @throws UnreachableError */
  async #needsSomebody(): Promise<void> {
    const seen = this.#before ?? (await this.#lookout.look([], this.#options.signal));
    this.#before = undefined;
    if (seen.kind === 'unknown' && seen.away) throw await this.#giveUp(seen.away);
  }

  async #adopt(sighting: Extract<Sighting, { kind: 'found' }>): Promise<RunStatus> {
    await checkSpecOf(this.#deps, this.#holder.record.key, this.#plan, sighting, this.#options.signal);
    return sighting.status;
  }

  /**
   * Asks until it is certain: the reading when the attempt is there, `undefined` when it may be sent (again).
   * `before`: the requests that may have been acted on.
   * @throws SubmitUnknownError at the deadline
   */
  async #settle(
    reason: string,
    { before = this.#posts, cause }: { readonly before?: AttemptRecord['posts']; readonly cause?: unknown } = {},
  ): Promise<RunStatus | undefined> {
    const { clock, waits } = this.#deps;
    const { signal, deadline } = this.#options;
    const settling = new Settling();
    let why = reason;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
      const sighting: Sighting = await this.#lookout.look(before, signal);
      const now = clock.now();
      settling.saw(sighting);
      const { quietMs, suspectMs } = settling;
      if (sighting.kind === 'found') return this.#adopt(sighting);
      if (sighting.kind === 'unknown') why = sighting.reason;
      if (this.#force && sighting.kind !== 'suspect' && this.#mayForce(settling)) {
        this.#force = false; // once
        this.#isForced = true;
        return undefined;
      }
      if (quietMs !== undefined && quietMs >= waits.settleMs) return this.#certainlyNot();
      if (suspectMs !== undefined && suspectMs >= waits.settleMs) {
        // Registered and never begun: the leftover of a request of ours whose refusal was lost.
        const isGone = before.length > 0 && (await discardLeftover(this.#deps, this.#holder, this.#plan.name));
        if (isGone) return this.#certainlyNot();
        why = 'the backend holds the name, but nothing shows that it began, or that it is a leftover of ours';
      }
      if (now >= deadline) {
        if (quietMs !== undefined) why = `${why}; ${unsettled(quietMs, waits.settleMs)}`;
        const { record, attempt } = this.#holder;
        throw await this.#giveUp(new SubmitUnknownError(refOf(record.key, attempt), why, { cause }));
      }
      await this.#holder.keep();
      const ms = Math.max(0, Math.min(pause, deadline - now));
      await clock.sleep(ms, signal);
      settling.slept(ms);
    }
  }

  /** A server that is just not there may show the run in a moment, and so may one that our own request has only just reached. */
  #mayForce({ silentMs = Infinity, allMs }: Settling): boolean {
    return Math.min(silentMs, this.#hasSent ? allMs : Infinity) >= this.#deps.waits.settleMs;
  }

  #certainlyNot(): undefined {
    this.#inDoubt = false;
  }

  async #refused({ error, leftover }: Extract<StartAnswer, { kind: 'refused' }>): Promise<RunStatus | undefined> {
    const before = this.#posts.slice(0, -1);
    if (before.length > 0) {
      // An earlier request under this name may have been acted on; a refusal of this one says nothing about it.
      const seen = await this.#settle(error.message, { before, cause: error });
      if (seen) return seen;
    }
    if (leftover) await discardLeftover(this.#deps, this.#holder, this.#plan.name);
    await this.#holder.close({ phase: 'refused', note: error.message });
    throw error;
  }

  /** The last POST certainly did not start anything: it does not count. */
  async #forgetPost(): Promise<void> {
    const posts = this.#posts.slice(0, -1);
    await this.#holder.write({ phase: posts.length > 0 ? 'posting' : 'claimed', posts });
  }

  async #pause(ms: number, late: () => LivywireError): Promise<void> {
    const { clock, waits } = this.#deps;
    const left = this.#options.deadline - clock.now();
    if (left <= 0) throw await this.#giveUp(late());
    for (let rest = Math.min(ms, left); rest > 0; rest -= waits.leaseMs / 4) {
      await clock.sleep(Math.min(rest, waits.leaseMs / 4), this.#options.signal);
      await this.#holder.keep();
    }
  }

  /** Leaves the attempt, with the reason, to whoever comes next with this key. */
  async #giveUp<E extends LivywireError>(error: E): Promise<E> {
    await this.#holder.close({ note: error.message });
    return error;
  }
}

import {
  type AttemptPlan,
  type LivywireError,
  type RunStatus,
  type StartAnswer,
  SubmitUnknownError,
  UnreachableError,
} from '../core/index.js';
import type { ClaimHolder } from './claims.js';
import type { EngineDeps } from './deps.js';
import { Lookout, type Sighting } from './lookout.js';
import { knownFrom, refOf } from './records.js';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
/** Tries against a server that refuses the connection: enough for a blip, short enough for a wrong address. */
const UNSENT_TRIES = 3;
/** A pause between intent and POST longer than this (the process was stopped) asks the ledger again. */
const FRESH_INTENT_MS = 2_000;

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
  #force: boolean;

  constructor(deps: EngineDeps, holder: ClaimHolder, plan: AttemptPlan, options: StarterOptions) {
    this.#deps = deps;
    this.#holder = holder;
    this.#plan = plan;
    this.#options = options;
    this.#lookout = new Lookout(deps, plan.name);
    this.#force = options.forceResend;
  }

  async run({ askFirst }: { readonly askFirst: boolean }): Promise<'started' | 'adopted'> {
    let how: 'started' | 'adopted' = 'adopted';
    let seen: RunStatus | undefined;
    if (this.#holder.attempt.posts.length > 0) seen = await this.#settle('an earlier request was sent');
    else if (askFirst) seen = await this.#askOnce();
    for (let unsent = 0, pause = FIRST_PAUSE_MS; !seen; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const answer = await this.#post();
      switch (answer.kind) {
        case 'started':
          seen = answer.status;
          how = 'started';
          break;
        case 'duplicate':
          seen = await this.#settle('the backend holds the name already');
          break;
        case 'unknown':
          this.#deps.logger.warn('the fate of a submit is unknown; asking', {
            name: this.#plan.name,
            error: answer.error.message,
          });
          seen = await this.#settle(answer.error.message, answer.error);
          how = seen ? 'started' : how;
          break;
        case 'busy':
          await this.#forgetPost();
          await this.#pause(
            answer.retryAfterMs ?? pause,
            () => new UnreachableError(`Still refused when time was up: ${answer.message}`, 'no'),
          );
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
    await this.#holder.close({ phase: 'started', ...knownFrom(seen) });
    return how;
  }

  /** Writes the intent, makes sure that the claim is still ours, sends. */
  async #post(): Promise<StartAnswer> {
    const { backend, clock, registry, waits } = this.#deps;
    const { signal } = this.#options;
    for (;;) {
      signal?.throwIfAborted();
      const serverMs = await registry?.serverTime(signal && { signal }).catch(() => undefined);
      const at = clock.now();
      const post = { at: new Date(at).toISOString(), ...(serverMs !== undefined && { serverMs }) };
      const posts = [...this.#holder.attempt.posts, post];
      await this.#holder.write({ phase: 'posting', posts });
      if (clock.now() - at <= FRESH_INTENT_MS) break;
      await this.#forgetPost(); // we slept in between; write it anew, which fails if the claim was taken
    }
    // Not the caller's signal: an abandoned POST would be one of unknown fate. It has its own limit.
    return backend.start(this.#plan, { timeoutMs: waits.postTimeoutMs });
  }

  /** Before the first POST: is it there already? An unanswered question does not hold us up, for nothing was sent. */
  async #askOnce(): Promise<RunStatus | undefined> {
    const sighting = await this.#lookout.look(undefined, this.#options.signal);
    if (sighting.kind === 'suspect') return this.#settle('the backend holds the name already');
    return sighting.kind === 'found' ? sighting.status : undefined;
  }

  /**
   * Asks until it is certain: the reading when the attempt is there, `undefined` when it may be sent (again).
   * @throws SubmitUnknownError at the deadline
   */
  async #settle(reason: string, cause?: unknown): Promise<RunStatus | undefined> {
    const { clock, waits, backend } = this.#deps;
    const { signal, deadline } = this.#options;
    let quietSince: number | undefined; // since when nothing has spoken against absence
    let suspectSince: number | undefined;
    let why = reason;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
      const sighting: Sighting = await this.#lookout.look(this.#firstPostMs(), signal);
      const now = clock.now();
      quietSince = sighting.kind === 'absent' ? (quietSince ?? now) : undefined;
      suspectSince = sighting.kind === 'suspect' ? (suspectSince ?? now) : undefined;
      if (sighting.kind === 'found') return sighting.status;
      if (sighting.kind === 'unknown') why = sighting.reason;
      if (this.#force && sighting.kind !== 'suspect') {
        this.#force = false; // once
        return undefined;
      }
      if (quietSince !== undefined && now - quietSince >= waits.settleMs) return undefined;
      if (suspectSince !== undefined && now - suspectSince >= waits.settleMs) {
        // Registered and never begun: the leftover of a request of ours whose refusal was lost.
        await backend.discard(this.#plan.name, signal && { signal });
        return undefined;
      }
      if (now >= deadline)
        throw await this.#giveUp(
          new SubmitUnknownError(refOf(this.#holder.record.key, this.#holder.attempt), why, { cause }),
        );
      await this.#holder.keep();
      await clock.sleep(Math.max(0, Math.min(pause, deadline - now)), signal);
    }
  }

  async #refused({ error, leftover }: Extract<StartAnswer, { kind: 'refused' }>): Promise<RunStatus | undefined> {
    const { backend, logger } = this.#deps;
    const isOurFirst = this.#holder.attempt.posts.length === 1;
    if (!isOurFirst) {
      // An earlier request under this name may have been acted on; a refusal of this one says nothing about it.
      const seen = await this.#settle(error.message, error);
      if (seen) return seen;
    }
    if (leftover) {
      await backend.discard(this.#plan.name).catch((problem: unknown) => {
        logger.warn('what a refused submit left behind could not be removed', {
          name: this.#plan.name,
          error: String(problem),
        });
      });
    }
    await this.#holder.close({ phase: 'refused', note: error.message });
    throw error;
  }

  /** The last POST certainly did not start anything: it does not count. */
  async #forgetPost(): Promise<void> {
    const posts = this.#holder.attempt.posts.slice(0, -1);
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

  /** Server time of the first POST, where known: only server times are compared with each other. */
  #firstPostMs(): number | undefined {
    return this.#holder.attempt.posts[0]?.serverMs;
  }
}

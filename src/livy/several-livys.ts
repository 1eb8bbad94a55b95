import {
  type AttemptPlan,
  AuthError,
  type Backend,
  type CallOptions,
  type Clock,
  ConfigError,
  isLivywireError,
  type JobSpec,
  type LogOpening,
  type LogReader,
  type LogSource,
  type RunRef,
  type RunStatus,
  type StartAnswer,
  UnreachableError,
} from '../core/index.js';
import { LivyBackend } from './backend.js';
import { checkSpec } from './check.js';
import type { LivyClient } from './client.js';
import { LivyRing } from './ring.js';

/** For so long one that did not answer is asked after the others. */
const DOWN_MS = 30_000;

/** What is remembered of who has it; another's name may be used again. */
const keyOf = ({ attempt, key, name }: RunRef): string => (attempt === 0 ? key : name);

interface Livy {
  readonly backend: LivyBackend;
  readonly ring: LivyRing;
  downUntil: number;
}

export interface SeveralLivysOptions {
  /** Those that answer first. None: then everything is asked elsewhere. */
  readonly clients: readonly LivyClient[];
  /** What runs are kept under, whichever Livy took them. */
  readonly endpoint: string;
  /** Why nothing may be started any more. */
  readonly closed?: string | undefined;
  readonly clock: Clock;
}

/**
 * The Livys of one cluster, each with its own batches: the same batch id means another job at the next one, and the
 * attempt's name nothing but this attempt at all of them. A job goes to the first that takes the connection; questions go
 * to the one that has it. When none has it and one is silent, that one may have it: the question is not answered then,
 * and whoever asks goes on with YARN.
 */
export class SeveralLivys implements Backend, LogSource {
  readonly kind = 'livy';
  readonly endpoint: string;
  readonly closed: string | undefined;
  readonly #livys: readonly Livy[];
  readonly #clock: Clock;
  readonly #holders = new Map<string, Livy>();

  constructor({ clients, endpoint, closed, clock }: SeveralLivysOptions) {
    this.endpoint = endpoint;
    this.closed = closed;
    this.#clock = clock;
    this.#livys = clients.map((client) => ({
      backend: new LivyBackend(client),
      ring: new LivyRing(client),
      downUntil: 0,
    }));
  }

  check(spec: JobSpec): void {
    checkSpec(spec);
  }

  request(plan: AttemptPlan): Readonly<Record<string, unknown>> {
    return LivyBackend.requestOf(plan);
  }

  /** At the next one only where the request certainly did not arrive at the one before. */
  async start(plan: AttemptPlan, options?: CallOptions): Promise<StartAnswer> {
    if (this.closed !== undefined)
      return { kind: 'refused', error: new ConfigError(this.closed, { field: '--cluster' }), leftover: false };
    let answer: StartAnswer = { kind: 'unsent', error: this.#nobody() };
    for (const livy of this.#inOrder(plan.name)) {
      answer = await livy.backend.start(plan, options);
      if (answer.kind !== 'unsent') {
        this.#holders.set(plan.name, livy);
        return answer;
      }
      this.#isDown(livy);
    }
    return answer;
  }

  find(name: string, options?: CallOptions): Promise<RunStatus | undefined> {
    return this.#first(name, ({ backend }) => backend.find(name, options), options);
  }

  async status(ref: RunRef, options?: CallOptions): Promise<RunStatus | undefined> {
    if (this.#isNumberOnly(ref)) return (await this.#onlyHolder(ref, options))?.backend.status(ref, options);
    return this.#first(keyOf(ref), ({ backend }) => backend.status(ref, options), options);
  }

  /** Of those that answer; then the silence of the others is told, for what they have is missing. */
  async *list(options?: CallOptions): AsyncGenerator<RunStatus, void> {
    if (this.#livys.length === 0) throw this.#nobody();
    let problem: unknown;
    for (const livy of this.#inOrder('')) {
      try {
        yield* livy.backend.list(options);
      } catch (error) {
        problem = this.#spare(livy, error, options);
      }
    }
    if (problem !== undefined) throw problem;
  }

  async stop(ref: RunRef, options?: CallOptions): Promise<'asked' | 'no-record' | 'ended'> {
    const stopAt = async ({ backend }: Livy): Promise<'asked' | 'ended' | undefined> => {
      const answer = await backend.stop(ref, options);
      return answer === 'no-record' ? undefined : answer;
    };
    if (this.#isNumberOnly(ref))
      return (await this.#onlyHolder(ref, options))?.backend.stop(ref, options) ?? 'no-record';
    return (await this.#first(keyOf(ref), stopAt, options)) ?? 'no-record';
  }

  async discard(name: string, options?: CallOptions): Promise<void> {
    const discardAt = async ({ backend }: Livy): Promise<undefined> => void (await backend.discard(name, options));
    await this.#first(name, discardAt, options);
  }

  /** The ring of the Livy that has the batch. */
  open(ref: RunRef, opening?: LogOpening): LogReader {
    let reader: Promise<LogReader> | undefined;
    const find = async (options?: CallOptions): Promise<LogReader> => {
      if (this.#livys.length === 0) throw this.#nobody();
      await this.status(ref, options); // learns who has it
      const livy = this.#holders.get(keyOf(ref)) ?? this.#livys[0];
      if (!livy) throw this.#nobody();
      return livy.ring.open(ref, opening);
    };
    const found = (options?: CallOptions): Promise<LogReader> => {
      const finding = (reader ??= find(options));
      finding.catch(() => (reader = undefined)); // the next call looks again
      return finding;
    };
    return {
      async *read(known, options) {
        yield* (await found(options)).read(known, options);
      },
      async *finish(known, options) {
        yield* (await found(options)).finish(known, options);
      },
    };
  }

  /**
   * The first answer that is one: of who has it, else of all the others at once.
   * @throws LivywireError where nobody has it and somebody did not answer
   */
  async #first<T>(
    name: string,
    ask: (livy: Livy) => Promise<T | undefined>,
    options: CallOptions = {},
  ): Promise<T | undefined> {
    if (this.#livys.length === 0) throw this.#nobody();
    const [first, ...others] = this.#inOrder(name);
    let problem: unknown;
    const asked = async (livy: Livy): Promise<T | undefined> => {
      try {
        const answer = await ask(livy);
        livy.downUntil = 0;
        if (answer !== undefined && name !== '') this.#holders.set(name, livy);
        return answer;
      } catch (error) {
        problem ??= this.#spare(livy, error, options);
        return undefined;
      }
    };
    const answer = first && (await asked(first));
    if (answer !== undefined) return answer;
    const answers = await Promise.all(others.map(asked));
    const found = answers.find((one) => one !== undefined);
    if (found === undefined && problem !== undefined) throw problem;
    return found;
  }

  /** Not one of ours, and nothing but its number says which batch is meant. */
  #isNumberOnly({ attempt, appId }: RunRef): boolean {
    return attempt === 0 && appId === undefined && this.#livys.length > 1;
  }

  /**
   * Such a number may be another job at each of them: all have to answer, and one to have it.
   * @throws LivywireError where one is silent, ConfigError where several have it
   */
  async #onlyHolder(ref: RunRef, options: CallOptions | undefined): Promise<Livy | undefined> {
    const known = this.#holders.get(keyOf(ref));
    if (known) return known;
    const asked = this.#livys.map(async (livy) => ((await livy.backend.status(ref, options)) ? [livy] : []));
    const [holder, ...others] = (await Promise.all(asked)).flat();
    if (others.length > 0) {
      const text = `${this.endpoint} has several Livys, and ${ref.key} is a batch at several of them; name its application`;
      throw new ConfigError(text, { field: 'run' });
    }
    if (holder) this.#holders.set(keyOf(ref), holder);
    return holder;
  }

  /** Who has it first, those that were silent last. */
  #inOrder(name: string): readonly Livy[] {
    const now = this.#clock.now();
    const holder = this.#holders.get(name);
    const rank = (livy: Livy): number => (livy.downUntil > now ? 2 : livy === holder ? 0 : 1);
    return [...this.#livys].sort((a, b) => rank(a) - rank(b));
  }

  #isDown(livy: Livy): void {
    livy.downUntil = this.#clock.now() + DOWN_MS;
  }

  /** What one of several may fail with, so that the others are asked. */
  #spare(livy: Livy, error: unknown, { signal }: CallOptions = {}): unknown {
    signal?.throwIfAborted();
    if (!isLivywireError(error) || error instanceof AuthError) throw error;
    this.#isDown(livy);
    return error;
  }

  #nobody(): UnreachableError {
    return new UnreachableError(this.closed ?? `There is no Livy at ${this.endpoint}`, 'no');
  }
}

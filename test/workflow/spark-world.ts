/** Handlers of the contract over made-up jobs, in made-up time, at the engine's real pace. */
import { LIVY_OVER_YARN_MIN_MS, pace } from '../../src/run/pace.js';
import type { World } from './interpreter.js';
import { MOST_EVENTS } from './interpreter.js';

/** How one attempt goes: how long it takes, and the diagnosis' code where it fails. */
export interface Plan {
  readonly seconds: number;
  readonly code?: string;
}

interface Attempt {
  readonly number: number;
  readonly startedAt: number;
  endsAt: number;
  code: string | undefined;
}

interface Event {
  readonly job: { readonly file: string };
  readonly key?: string;
  readonly execution: {
    readonly arn: string;
    readonly state: string;
    readonly redriveCount: number;
    readonly retries: number;
  };
  readonly timeoutSeconds?: number;
  readonly run?: Answer;
}

interface Answer {
  readonly v: 1;
  readonly next: 'submit' | 'status' | 'cancel' | 'hand-over' | 'done';
  readonly waitSeconds?: number;
  readonly ref: { readonly key: string; readonly attempt: number };
  readonly events: number;
  readonly timedOut?: true;
  readonly outcome?: { readonly kind: 'succeeded' };
}

export interface SparkWorldOptions {
  /** One for each attempt; the last one also for all that follow. */
  readonly plans: readonly [Plan, ...Plan[]];
  /** When a handler hands over. @defaultValue what a history holds */
  readonly mostEvents?: number;
  /** How long a call takes. @defaultValue `800` */
  readonly callMs?: number;
}

const RESERVE = 500;
const TURN = 9;
const LONGEST_MS = 1_800_000;

export const functions = { submit: 'livywire-submit', status: 'livywire-status', cancel: 'livywire-cancel' };

export class SparkWorld implements World {
  now = Date.UTC(2026, 10, 1);
  readonly runs = new Map<string, Attempt[]>();
  /** Every event that a handler got, with its function. */
  readonly events: { readonly functionName: string; readonly event: Event }[] = [];
  /** Looks at each call first, and may throw what the function or Lambda would. `after`: the work was done all the same. */
  fault:
    | ((functionName: string, event: Event) => { readonly error: Error; readonly after?: boolean } | undefined)
    | undefined;
  readonly #options: SparkWorldOptions;

  constructor(options: SparkWorldOptions) {
    this.#options = options;
  }

  get attempts(): readonly Attempt[] {
    return [...this.runs.values()].flat();
  }

  async wait(ms: number): Promise<void> {
    this.now += ms;
  }

  async invoke(functionName: string, given: unknown): Promise<unknown> {
    const event = given as Event;
    this.now += this.#options.callMs ?? 800;
    this.events.push({ functionName, event });
    const fault = this.fault?.(functionName, event);
    if (fault && fault.after !== true) throw fault.error;
    const answer = this.#answer(functionName, event);
    if (fault) throw fault.error;
    return answer;
  }

  #answer(functionName: string, event: Event): Answer {
    switch (functionName) {
      case functions.submit:
        return this.#submit(event);
      case functions.status:
        return this.#status(event);
      default:
        return this.#cancel(event);
    }
  }

  #submit(event: Event): Answer {
    const { execution, run } = event;
    const key = event.key ?? `${execution.arn}/${execution.state}`;
    const wanted = 1 + execution.redriveCount + execution.retries;
    const attempts = this.runs.get(key) ?? [];
    this.runs.set(key, attempts);
    const hasEnded = (one: Attempt): boolean => one.endsAt <= this.now;
    let last = attempts.at(-1);
    if (last === undefined || (hasEnded(last) && last.code !== undefined && last.number < wanted)) {
      const { plans } = this.#options;
      const plan = plans[attempts.length] ?? plans.at(-1) ?? plans[0];
      last = {
        number: attempts.length + 1,
        startedAt: this.now,
        endsAt: this.now + 1_000 * plan.seconds,
        code: plan.code,
      };
      attempts.push(last);
    }
    const ref = { key, attempt: last.number };
    const isSame = run?.ref.attempt === last.number;
    // A handler takes an answer that says hand-over for the one that a fresh execution was given.
    const events = TURN + (run === undefined || run.next === 'hand-over' ? 0 : run.events);
    if (!hasEnded(last)) return { v: 1, next: 'status', waitSeconds: this.#pause(last), ref, events };
    if (last.code === undefined) return { v: 1, next: 'done', ref, events, outcome: { kind: 'succeeded' } };
    throw named(isSame && run?.timedOut === true ? 'RunTimedOut' : last.code, `${last.code}: because`);
  }

  #status({ run, timeoutSeconds = Infinity }: Event): Answer {
    if (!run) throw named('ConfigError', 'run is missing');
    const attempt = this.#of(run);
    const events = run.events + TURN;
    const { ref } = run;
    if (attempt.endsAt <= this.now) return { v: 1, next: 'submit', ref, events };
    if (this.now - attempt.startedAt >= 1_000 * timeoutSeconds)
      return { v: 1, next: 'cancel', ref, events, timedOut: true };
    if (events + TURN + RESERVE > (this.#options.mostEvents ?? MOST_EVENTS))
      return { v: 1, next: 'hand-over', ref, events };
    return { v: 1, next: 'status', waitSeconds: this.#pause(attempt), ref, events };
  }

  /** Asked once it is still stopping; then it has stopped. */
  #cancel({ run }: Event): Answer {
    if (!run) throw named('ConfigError', 'run is missing');
    const attempt = this.#of(run);
    const { ref, timedOut } = run;
    const common = { v: 1, ref, events: run.events + TURN, ...(timedOut && { timedOut }) } as const;
    if (attempt.code !== 'RunCancelled') {
      attempt.code = 'RunCancelled';
      attempt.endsAt = this.now + 20_000;
    }
    return attempt.endsAt <= this.now ? { ...common, next: 'submit' } : { ...common, next: 'cancel', waitSeconds: 10 };
  }

  #of({ ref }: Answer): Attempt {
    const attempt = this.runs.get(ref.key)?.[ref.attempt - 1];
    if (!attempt) throw named('RunNotFoundError', `no run ${ref.key}`);
    return attempt;
  }

  #pause({ startedAt }: Attempt): number {
    return Math.ceil(pace(this.now - startedAt, { minMs: LIVY_OVER_YARN_MIN_MS, maxMs: LONGEST_MS }) / 1_000);
  }
}

export function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

import {
  type AttemptPlan,
  type Backend,
  type CallOptions,
  type Clock,
  ConfigError,
  type JobSpec,
  JobRefusedError,
  type LogItem,
  type LogOpening,
  type LogReader,
  type LogSource,
  type RunState,
  type RunStatus,
  type StartAnswer,
  UnreachableError,
} from '../core/index.js';

/** How a job goes in a test. */
export interface Script {
  /** @defaultValue `'succeeded'` */
  readonly outcome?: 'succeeded' | 'failed' | 'cancelled';
  /** From the submit to the end, in milliseconds of the test's clock. @defaultValue `10_000` */
  readonly afterMs?: number;
  /** Of that, how long it waits before it runs, in milliseconds. @defaultValue `0` */
  readonly queueMs?: number;
  /** What the driver prints, spread evenly over its life. */
  readonly lines?: readonly string[];
}

/** A fault of the next request of a kind. */
export type Fault =
  /** Acted on, but the answer is lost. */
  | 'reply-lost'
  /** Not acted on, and the answer is lost all the same. */
  | 'request-lost'
  /** The connection is refused. */
  | 'refused'
  /** "Too many sessions". */
  | 'busy'
  /** Refused for its content; the name stays registered, as Livy does it. */
  | 'rejected';

interface Started {
  readonly id: number;
  readonly plan: AttemptPlan;
  readonly script: Script;
  readonly startedMs: number;
  /** Whether an application came of it. */
  readonly ran: boolean;
  endedMs: number;
  state: 'live' | 'zombie' | 'forgotten';
  outcome: RunState;
}

/**
 * A backend in memory, in the manner of Livy: it refuses a name twice, forgets on demand, and fails as told.
 * @example
 * const backend = new MemoryBackend({ clock: testClock(), script: (spec) => ({ outcome: spec.args?.[0] === 'bad' ? 'failed' : 'succeeded' }) });
 */
export class MemoryBackend implements Backend, LogSource {
  readonly kind = 'livy';
  readonly endpoint: string;
  readonly #clock: Clock;
  readonly #script: (spec: JobSpec) => Script;
  readonly #started: Started[] = [];
  readonly #faults: Fault[] = [];
  #down = false;
  /** Every request that arrived, in order: `POST livywire-…`, `GET 0`. */
  readonly requests: string[] = [];

  constructor(options: {
    readonly clock: Clock;
    readonly script?: (spec: JobSpec) => Script;
    readonly endpoint?: string;
  }) {
    this.#clock = options.clock;
    this.#script = options.script ?? (() => ({}));
    this.endpoint = options.endpoint ?? 'memory://test';
  }

  /** The next POSTs fail so, in this order. */
  failNext(...faults: readonly Fault[]): void {
    this.#faults.push(...faults);
  }
  /** Nothing answers until `up()`. Jobs go on. */
  down(): void {
    this.#down = true;
  }
  up(): void {
    this.#down = false;
  }
  /** Forgets finished and running batches, as a restart without recovery does. Jobs go on. */
  forgetAll(): void {
    for (const one of this.#started) one.state = 'forgotten';
  }
  /** The job under this name ends now, whatever its script says. */
  end(name: string, outcome: NonNullable<Script['outcome']>): void {
    const one = this.#byName(name);
    if (one) Object.assign(one, { endedMs: this.#clock.now(), outcome });
  }
  /** How many applications were ever started under this name: more than one is the fault that livywire prevents. */
  applications(name: string): number {
    return this.#started.filter((one) => one.plan.name === name && one.ran).length;
  }
  /** All names that an application was started under. */
  get names(): readonly string[] {
    return [...new Set(this.#started.map((one) => one.plan.name))];
  }

  check(spec: JobSpec): void {
    if (spec.file === '') throw new ConfigError('file is empty', { field: 'file' });
  }
  request({ spec, name, tags }: AttemptPlan): Readonly<Record<string, unknown>> {
    const own = spec.conf?.['spark.yarn.tags'];
    const all = [...(own === undefined ? [] : [String(own)]), ...tags];
    return { ...spec, name, conf: { ...spec.conf, 'spark.yarn.tags': all.join(',') } };
  }

  async start(plan: AttemptPlan): Promise<StartAnswer> {
    const fault = this.#faults.shift();
    if (this.#down || fault === 'refused') {
      return { kind: 'unsent', error: new UnreachableError('The test backend refuses the connection', 'no') };
    }
    this.requests.push(`POST ${plan.name}`);
    const lost: StartAnswer = { kind: 'unknown', error: new UnreachableError('The answer was lost', 'maybe') };
    if (fault === 'busy') return { kind: 'busy', message: 'too many sessions are being created!' };
    if (fault === 'request-lost') return lost;
    if (this.#byName(plan.name)) return { kind: 'duplicate' };
    const zombie = fault === 'rejected';
    const script = { outcome: 'succeeded', ...this.#script(plan.spec) } as const;
    const startedMs = this.#clock.now();
    const one: Started = {
      id: this.#started.length,
      plan,
      script,
      startedMs,
      ran: !zombie,
      endedMs: zombie ? Infinity : startedMs + (script.afterMs ?? 10_000),
      state: zombie ? 'zombie' : 'live',
      outcome: script.outcome,
    };
    this.#started.push(one);
    if (zombie)
      return { kind: 'refused', error: new JobRefusedError('The test backend refuses the job'), leftover: true };
    return fault === 'reply-lost' ? lost : { kind: 'started', status: this.#statusOf(one) };
  }

  async find(name: string, options?: CallOptions): Promise<RunStatus | undefined> {
    options?.signal?.throwIfAborted();
    this.#reach(`GET ${name}`);
    const one = this.#byName(name);
    return one && this.#statusOf(one);
  }
  async status(ref: { readonly name: string; readonly id?: string }): Promise<RunStatus | undefined> {
    this.#reach(`GET ${ref.id ?? ref.name}`);
    const one = this.#byName(ref.name);
    return one && this.#statusOf(one);
  }
  async *list(): AsyncGenerator<RunStatus, void> {
    this.#reach('GET all');
    for (const one of this.#started) if (one.state !== 'forgotten') yield this.#statusOf(one);
  }
  async stop(ref: { readonly name: string }): Promise<'asked' | 'no-record' | 'ended'> {
    const one = this.#byName(ref.name);
    if (one && one.endedMs <= this.#clock.now()) {
      this.#reach(`GET ${ref.name}`);
      return 'ended';
    }
    this.#reach(`DELETE ${ref.name}`);
    if (!one) return 'no-record';
    one.endedMs = this.#clock.now();
    one.outcome = 'cancelled';
    one.state = 'forgotten';
    return 'asked';
  }
  async discard(name: string): Promise<void> {
    this.#reach(`DELETE ${name}`);
    const one = this.#byName(name);
    if (one?.state === 'zombie') one.state = 'forgotten';
  }

  open(ref: { readonly name: string }, { tail }: LogOpening = {}): LogReader {
    let given: number | undefined;
    const items = (): readonly LogItem[] => {
      this.#reach(`GET ${ref.name}/log`);
      const one = this.#byName(ref.name);
      if (!one) return [];
      const { lines = [], afterMs = 10_000 } = one.script;
      const share = afterMs === 0 ? 1 : (Math.min(this.#clock.now(), one.endedMs) - one.startedMs) / afterMs;
      const count = Math.floor(lines.length * Math.min(1, share));
      const from = given ?? Math.max(0, count - (tail ?? Infinity));
      given = count;
      return lines.slice(from, count).map((text) => ({ type: 'line', stream: 'stdout', text, source: 'test' }));
    };
    const read: LogReader['read'] = async function* () {
      yield items();
    };
    return { read, finish: read };
  }

  #reach(request: string): void {
    if (this.#down) throw new UnreachableError('The test backend does not answer', 'no');
    this.requests.push(request);
  }
  #byName(name: string): Started | undefined {
    return this.#started.find((one) => one.plan.name === name && one.state !== 'forgotten');
  }
  #statusOf(one: Started): RunStatus {
    const isOver = this.#clock.now() >= one.endedMs;
    const waits = one.state === 'zombie' || this.#clock.now() < one.startedMs + (one.script.queueMs ?? 0);
    const state = isOver ? one.outcome : waits ? 'waiting' : 'running';
    const raw = {
      waiting: 'starting',
      running: 'running',
      succeeded: 'success',
      failed: 'dead',
      cancelled: 'killed',
      unknown: '?',
    };
    return {
      raw: raw[state],
      state,
      source: 'test',
      id: String(one.id),
      name: one.plan.name,
      links: {},
      tail: one.state === 'zombie' ? [] : ['line'],
    };
  }
}

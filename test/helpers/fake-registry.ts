import {
  type AppRegistry,
  type AppReport,
  type AppSearch,
  type CallOptions,
  type Clock,
  type RunState,
  type TagSearchOptions,
  UnreachableError,
} from '../../src/core/index.js';

const states: Readonly<Record<string, RunState>> = {
  ACCEPTED: 'waiting',
  RUNNING: 'running',
  'FINISHED/SUCCEEDED': 'succeeded',
  'FINISHED/FAILED': 'failed',
  'FAILED/FAILED': 'failed',
  'KILLED/KILLED': 'cancelled',
};

/** A resource manager in memory: it can be silent, forget, and be restarted without its memory. */
export class FakeRegistry implements AppRegistry {
  readonly #clock: Clock;
  #apps: AppReport[] = [];
  #startedMs: number;
  #isDown = false;
  /** Why `byTag` proves nothing, while it does not. */
  cannotProve: string | undefined;
  /** Every request that was answered, in order. */
  readonly requests: string[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedMs = clock.now() - 86_400_000;
  }

  /** Puts an application there, or changes one: `set('application_1_1', { raw: 'RUNNING', tags: [name] })`. */
  set(appId: string, change: Partial<AppReport> = {}): AppReport {
    const before = this.#apps.find((app) => app.appId === appId);
    const app: AppReport = {
      appId,
      raw: 'RUNNING',
      finalStatus: 'UNDEFINED',
      name: 'app',
      user: 'hadoop',
      queue: 'default',
      tags: [],
      diagnostics: '',
      startedMs: this.#clock.now(),
      usage: {},
      ...before,
      ...change,
      state: 'unknown',
    };
    const said = ['FINISHED', 'FAILED', 'KILLED'].includes(app.raw) ? `${app.raw}/${app.finalStatus}` : app.raw;
    const done = { ...app, state: change.state ?? states[said] ?? ('unknown' as const) };
    this.#apps = [...this.#apps.filter((other) => other !== before), done];
    return done;
  }
  finish(appId: string, finalStatus: 'SUCCEEDED' | 'FAILED' | 'KILLED', diagnostics = ''): void {
    this.set(appId, { raw: finalStatus === 'KILLED' ? 'KILLED' : 'FINISHED', finalStatus, diagnostics });
  }
  app(appId: string): AppReport | undefined {
    return this.#apps.find((app) => app.appId === appId);
  }
  down(): void {
    this.#isDown = true;
  }
  up(): void {
    this.#isDown = false;
  }
  /** A restart without a state store. */
  restart(): void {
    this.#apps = [];
    this.#startedMs = this.#clock.now();
  }

  async byId(appId: string, _options?: CallOptions): Promise<AppReport | undefined> {
    this.#reach(`app ${appId}`);
    return this.app(appId);
  }
  async byTag(tag: string, { sinceMs, sentAgoMs = Infinity }: TagSearchOptions = {}): Promise<AppSearch> {
    this.#reach(`tag ${tag}`);
    const apps = this.#apps.filter((app) => app.tags.includes(tag));
    if (apps.length > 0) return { kind: 'found', apps };
    if (this.cannotProve !== undefined) return { kind: 'unknown', reason: this.cannotProve };
    if (sinceMs === undefined) {
      const wasUp = this.#clock.now() - this.#startedMs > sentAgoMs + 3_600_000;
      return {
        kind: 'unknown',
        reason: 'when the job was sent is not known',
        ...(!wasUp && { mayHaveForgotten: true }),
      };
    }
    if (this.#startedMs > sinceMs) {
      const reason = 'the resource manager was restarted after the first request';
      return { kind: 'unknown', reason, mayHaveForgotten: true };
    }
    return { kind: 'absent' };
  }
  async serverTime(): Promise<number> {
    this.#reach('time');
    return this.#clock.now();
  }
  async kill(appId: string): Promise<'asked' | 'no-record'> {
    this.#reach(`kill ${appId}`);
    if (!this.app(appId)) return 'no-record';
    if (this.app(appId)?.raw === 'RUNNING' || this.app(appId)?.raw === 'ACCEPTED') this.finish(appId, 'KILLED');
    return 'asked';
  }

  #reach(request: string): void {
    if (this.#isDown) throw new UnreachableError('YARN does not answer', 'no');
    this.requests.push(request);
  }
}

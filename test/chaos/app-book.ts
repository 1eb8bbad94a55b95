/** The applications of the stand-in YARN: who was started under which tag, and how each truly ended. The oracle. */

export type TrueEnd = 'SUCCEEDED' | 'FAILED' | 'KILLED';

export interface App {
  readonly id: string;
  readonly tags: readonly string[];
  /** When its spark-submit was started, milliseconds since the epoch. */
  readonly launchedMs: number;
  /** When it came to YARN, milliseconds since the epoch. */
  readonly startedMs: number;
  /** When it ends, or ended. */
  endMs: number;
  end: TrueEnd;
  /** When YARN was restarted without its memory, milliseconds since the epoch. */
  forgottenMs?: number;
  /** Which launcher handed it in. */
  readonly launcher: string;
}

/** A spark-submit was started. */
export interface Launch {
  readonly pid: number;
  /** Its first one. */
  readonly tag: string;
  readonly atMs: number;
  /** What came of it. */
  app?: App;
}

export interface YarnRestart {
  readonly atMs: number;
  readonly forgets: boolean;
}

/** A server was out of reach, or one of its answers was tampered with: milliseconds since the epoch. */
export interface Trouble {
  readonly fromMs: number;
  readonly toMs: number;
}

export type AppPhase = 'accepted' | 'running' | 'clearing-up' | 'over';

/** A kill takes effect after so long, in milliseconds. */
const KILL_MS = 200;
/** So long before its end the driver is done and YARN says RUNNING and a final status, in milliseconds. */
const CLEARING_UP_MS = 300;
/** YARN forgets the oldest ended application beyond so many. */
export const MOST_ENDED = 1_000;

export class AppBook {
  #startedMs = Date.now() - 3_600_000; // long before any test
  readonly #apps = new Map<string, App>();
  readonly #byTag = new Map<string, App[]>();
  /** What YARN still knows. */
  readonly #remembered = new Map<string, App>();
  readonly #launches = new Map<string, Launch>();
  readonly #launchedUnder = new Map<string, readonly Launch[]>();
  readonly #expected = new Set<string>();
  readonly #yarnRestarts: YarnRestart[] = [];
  readonly #livyRestarts: number[] = [];
  /** Of either server. */
  readonly livyTroubles: Trouble[] = [];
  readonly yarnTroubles: Trouble[] = [];
  #forgotAtMs = 0;

  constructor() {
    // It has run something before.
    this.#add({
      id: this.#nextId(),
      tags: [],
      launchedMs: this.startedMs,
      startedMs: this.startedMs + 1_000,
      endMs: this.startedMs + 9_000,
      end: 'SUCCEEDED',
      launcher: '',
    });
  }

  /** When this YARN was last started, milliseconds since the epoch. */
  get startedMs(): number {
    return this.#startedMs;
  }

  /**
   * YARN has been started again. Without its state store it has forgotten everything, and kills what ran.
   * Gives what it killed.
   */
  restart({ forgets }: { readonly forgets: boolean }): readonly App[] {
    const now = Date.now();
    this.#startedMs = now;
    this.#yarnRestarts.push({ atMs: now, forgets });
    if (!forgets) return [];
    const known = [...this.#remembered.values()];
    const killed = known.filter((app) => app.endMs > now);
    for (const app of killed) {
      app.endMs = now;
      app.end = 'KILLED';
    }
    for (const app of known) app.forgottenMs = now;
    this.#remembered.clear();
    return killed;
  }
  get yarnRestarts(): readonly YarnRestart[] {
    return this.#yarnRestarts;
  }

  /** Livy has been killed, and its batches with it. */
  noteLivyRestart(): void {
    this.#livyRestarts.push(Date.now());
  }
  /** Milliseconds since the epoch. */
  get livyRestarts(): readonly number[] {
    return this.#livyRestarts;
  }

  /** `launcher`: process id and first tag. */
  launch(launcher: string, atMs: number): void {
    const [, pid, tag = ''] = /^(\d+)-(.*)$/.exec(launcher) ?? [];
    const launch: Launch = { pid: Number(pid), tag, atMs };
    this.#launches.set(launcher, launch);
    this.#launchedUnder.set(tag, [...this.launchedUnder(tag), launch]);
  }
  get launches(): readonly Launch[] {
    return [...this.#launches.values()];
  }
  /** Every spark-submit that was started for the tag, whatever came of it. */
  launchedUnder(tag: string): readonly Launch[] {
    return this.#launchedUnder.get(tag) ?? [];
  }

  /** The application of a launch has come. */
  register(tags: readonly string[], lifeMs: number, end: TrueEnd, launcher: string): App {
    const startedMs = Date.now();
    const lower = tags.map((tag) => tag.toLowerCase());
    const launch = this.#launches.get(launcher);
    const launchedMs = launch?.atMs ?? startedMs;
    const endMs = startedMs + lifeMs;
    const app = this.#add({ id: this.#nextId(), tags: lower, launchedMs, startedMs, endMs, end, launcher });
    if (launch) launch.app = app;
    return app;
  }

  /** Applications will come under this name with the number of an attempt. */
  expect(name: string): void {
    this.#expected.add(name);
  }
  /** All that ran under no tag, or under one that nobody gave out. */
  get strangers(): readonly App[] {
    const isExpected = (tag: string): boolean => this.#expected.has(tag.replace(/-a?\d+$/, ''));
    return [...this.#apps.values()].filter(({ tags, launcher }) => launcher !== '' && !tags.some(isExpected));
  }

  /** The truth: everything that ever ran under the tag, in the order in which it came. */
  ranUnder(tag: string): readonly App[] {
    return this.#byTag.get(tag) ?? [];
  }

  /** What YARN shows: less what it has forgotten. */
  shown(): readonly App[] {
    this.#forget();
    return [...this.#remembered.values()];
  }
  shownUnder(tag: string): readonly App[] {
    this.#forget();
    return this.ranUnder(tag).filter(({ id }) => this.#remembered.has(id));
  }
  byId(id: string): App | undefined {
    this.#forget();
    return this.#remembered.get(id);
  }
  tagsOf(id: string): readonly string[] {
    return this.#apps.get(id)?.tags ?? [];
  }

  /** How many applications ended in that time. */
  endedBetween(fromMs: number, toMs: number): number {
    return [...this.#apps.values()].filter(({ endMs }) => endMs > fromMs && endMs <= toMs).length;
  }

  phase(app: App): AppPhase {
    const now = Date.now();
    if (now >= app.endMs) return 'over';
    if (app.end !== 'KILLED' && now >= app.endMs - CLEARING_UP_MS) return 'clearing-up';
    return now < app.startedMs + 150 ? 'accepted' : 'running';
  }

  kill(app: App): void {
    const when = Date.now() + KILL_MS;
    if (app.endMs <= when) return; // it ends by itself before that
    app.endMs = when;
    app.end = 'KILLED';
  }

  #nextId(): string {
    return `application_${this.startedMs}_${String(this.#apps.size + 1).padStart(4, '0')}`;
  }

  #add(app: App): App {
    this.#apps.set(app.id, app);
    this.#remembered.set(app.id, app);
    for (const tag of app.tags) this.#byTag.set(tag, [...(this.#byTag.get(tag) ?? []), app]);
    return app;
  }

  /** In the order of their ends, as YARN does. */
  #forget(): void {
    // Once a second is enough, and sorting thousands for every request is not.
    if (this.#remembered.size <= MOST_ENDED || Date.now() < this.#forgotAtMs + 1_000) return;
    this.#forgotAtMs = Date.now();
    const ended = [...this.#remembered.values()]
      .filter((app) => this.phase(app) === 'over')
      .sort((a, b) => a.endMs - b.endMs);
    for (const { id } of ended.slice(0, Math.max(0, ended.length - MOST_ENDED))) this.#remembered.delete(id);
  }
}

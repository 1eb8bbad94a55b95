/** The applications of the stand-in YARN: who was started under which tag, and how each truly ended. The oracle. */

export type TrueEnd = 'SUCCEEDED' | 'FAILED' | 'KILLED';

export interface App {
  readonly id: string;
  readonly tags: readonly string[];
  /** Milliseconds since the epoch. */
  readonly startedMs: number;
  /** When it ends, or ended. */
  endMs: number;
  end: TrueEnd;
  /** When YARN was restarted without its memory, milliseconds since the epoch. */
  forgottenMs?: number;
  /** Which launcher handed it in. */
  readonly launcher: string;
}

export type AppPhase = 'accepted' | 'running' | 'clearing-up' | 'over';

/** A kill takes effect after so long, in milliseconds. */
const KILL_MS = 200;
/** So long before its end the driver is done and YARN says RUNNING and a final status, in milliseconds. */
const CLEARING_UP_MS = 300;
/** YARN forgets the oldest ended application beyond so many. */
const MOST_ENDED = 1_000;

export class AppBook {
  #startedMs = Date.now() - 3_600_000; // long before any test
  readonly #apps = new Map<string, App>();
  readonly #byTag = new Map<string, App[]>();
  #forgotten = new Set<string>();
  #forgotAtMs = 0;

  constructor() {
    // It has run something before.
    this.#add({
      id: this.#nextId(),
      tags: [],
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
    if (!forgets) return [];
    const killed = [...this.#apps.values()].filter((app) => app.forgottenMs === undefined && app.endMs > now);
    for (const app of killed) {
      app.endMs = now;
      app.end = 'KILLED';
    }
    for (const app of this.#apps.values()) app.forgottenMs ??= now;
    return killed;
  }

  register(tags: readonly string[], lifeMs: number, end: TrueEnd, launcher: string): App {
    const startedMs = Date.now();
    const lower = tags.map((tag) => tag.toLowerCase());
    const endMs = startedMs + lifeMs;
    return this.#add({ id: this.#nextId(), tags: lower, startedMs, endMs, end, launcher });
  }

  /** The truth: everything that ever ran under the tag. */
  ranUnder(tag: string): readonly App[] {
    return this.#byTag.get(tag) ?? [];
  }

  /** What YARN shows: less what it has forgotten. */
  shown(): readonly App[] {
    this.#forget();
    return [...this.#apps.values()].filter((app) => this.#isShown(app));
  }
  shownUnder(tag: string): readonly App[] {
    this.#forget();
    return this.ranUnder(tag).filter((app) => this.#isShown(app));
  }
  byId(id: string): App | undefined {
    this.#forget();
    const app = this.#apps.get(id);
    return app && this.#isShown(app) ? app : undefined;
  }
  tagsOf(id: string): readonly string[] {
    return this.#apps.get(id)?.tags ?? [];
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

  #isShown({ id, forgottenMs }: App): boolean {
    return forgottenMs === undefined && !this.#forgotten.has(id);
  }

  #nextId(): string {
    return `application_${this.startedMs}_${String(this.#apps.size + 1).padStart(4, '0')}`;
  }

  #add(app: App): App {
    this.#apps.set(app.id, app);
    for (const tag of app.tags) this.#byTag.set(tag, [...(this.#byTag.get(tag) ?? []), app]);
    return app;
  }

  /** In the order of their ends, as YARN does. */
  #forget(): void {
    const remembered = this.#apps.size - this.#forgotten.size; // at most
    // Once a second is enough, and sorting thousands for every request is not.
    if (remembered <= MOST_ENDED || Date.now() < this.#forgotAtMs + 1_000) return;
    this.#forgotAtMs = Date.now();
    const ended = [...this.#apps.values()]
      .filter((app) => app.forgottenMs === undefined && this.phase(app) === 'over')
      .sort((a, b) => a.endMs - b.endMs);
    this.#forgotten = new Set(ended.slice(0, Math.max(0, ended.length - MOST_ENDED)).map(({ id }) => id));
  }
}

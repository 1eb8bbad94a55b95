import { BadAnswerError, type CallOptions, type Clock, orAborted } from '../../core/index.js';
import { MOST_IDS, type StepApi } from './step-api.js';
import { isOver, type StepFacts } from './step-reading.js';

/** EMR lets one ListSteps through each two seconds, of all who ask: half of that is ours. */
const SHARED_MS = 4_000;
/** A step may come into the list late, below others that were added after it: so far back it is looked for again. */
const LATE_MS = 600_000;

/**
 * The steps of one cluster, as they were last read: all who ask share one walk through EMR's list. What has ended does not
 * change, so after the first walk only the newest page is read, and those older steps that go on.
 */
export class StepBook {
  readonly #api: Pick<StepApi, 'page' | 'byId'>;
  readonly #clock: Clock;
  readonly #steps = new Map<string, StepFacts>();
  /** Every page was read once. */
  #isWhole = false;
  #readAt = -Infinity;
  #walk: Promise<void> | undefined;
  #nextWalk: Promise<void> | undefined;

  constructor(api: Pick<StepApi, 'page' | 'byId'>, clock: Clock) {
    this.#api = api;
    this.#clock = clock;
  }

  /** As EMR has them now, newest first: read after this call. */
  async now(options?: CallOptions): Promise<readonly StepFacts[]> {
    options?.signal?.throwIfAborted();
    await orAborted(this.#fresh(), options?.signal);
    return this.#all();
  }

  /** As EMR had them a few seconds ago at most. */
  async lately(options?: CallOptions): Promise<readonly StepFacts[]> {
    options?.signal?.throwIfAborted();
    const age = this.#clock.now() - this.#readAt;
    if (age < 0 || age >= SHARED_MS) await orAborted(this.#walk ?? this.#begin(), options?.signal);
    return this.#all();
  }

  /** What we know of a step before EMR's list shows it. */
  add(step: StepFacts): void {
    if (!this.#steps.has(step.id)) this.#steps.set(step.id, step);
  }

  #all(): readonly StepFacts[] {
    return [...this.#steps.values()].sort((a, b) => b.createdMs - a.createdMs);
  }

  /** A walk that begins after this call; who asks while one is under way shares the next. */
  #fresh(): Promise<void> {
    if (!this.#walk) return this.#begin();
    return (this.#nextWalk ??= this.#walk
      .catch(() => undefined)
      .then(() => {
        this.#nextWalk = undefined;
        return this.#begin();
      }));
  }

  #begin(): Promise<void> {
    const walk = this.#read().finally(() => {
      if (this.#walk === walk) this.#walk = undefined;
    });
    return (this.#walk = walk);
  }

  async #read(): Promise<void> {
    const at = this.#clock.now();
    const newest = Math.max(...[...this.#steps.values()].map(({ createdMs }) => createdMs));
    const seen = new Set<string>();
    const markers = new Set<string>();
    for (let marker: string | undefined; ;) {
      const { steps, next } = await this.#api.page(marker);
      const isKnown = this.#isWhole && steps.every(({ id }) => this.#steps.has(id));
      for (const step of steps) {
        this.#steps.set(step.id, step);
        seen.add(step.id);
      }
      const oldest = steps.at(-1)?.createdMs ?? 0;
      if (next === undefined || (isKnown && oldest < newest - LATE_MS)) break;
      if (markers.has(next)) throw new BadAnswerError("EMR's list of steps: the next page is the same page again", '');
      markers.add((marker = next));
    }
    const older = [...this.#steps.values()].filter((step) => !seen.has(step.id) && !isOver(step)).map(({ id }) => id);
    for (let i = 0; i < older.length; i += MOST_IDS) {
      for (const step of await this.#api.byId(older.slice(i, i + MOST_IDS))) this.#steps.set(step.id, step);
    }
    this.#isWhole = true;
    this.#readAt = at;
  }
}

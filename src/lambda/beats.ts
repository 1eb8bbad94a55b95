import { isFinal, type Ledger, type RunRecord, type RunRef, type RunStatus, type WatchedRun } from '../core/index.js';
import type { Invocation } from './invocation.js';
import { clean } from './thrown.js';

/** Looks are a minute apart, and between two calls of the watcher there may be another. */
const LATELY_MS = 300_000;

/**
 * What the watcher says in the ledger of the runs that it follows, for those who would look themselves: each with when a server
 * last told of it. Begins with what the one before it has seen, so that nobody is without a watcher in between.
 */
export class Beats {
  readonly #call: Invocation;
  readonly #ledger: Ledger;
  readonly #seen: Map<string, WatchedRun>;

  private constructor(call: Invocation, ledger: Ledger, seen: Map<string, WatchedRun>) {
    this.#call = call;
    this.#ledger = ledger;
    this.#seen = seen;
  }

  static async after(call: Invocation, ledger: Ledger): Promise<Beats> {
    const before = await ledger.lastBeat?.().catch(() => undefined);
    return new Beats(call, ledger, new Map(Object.entries(before?.runs ?? {})));
  }

  /** A reading of a run that goes on. What nobody can tell is no reading, and an end stands in the run's record. */
  saw({ name }: RunRef, { raw, state, id, appId, source }: RunStatus): void {
    if (state === 'unknown' || isFinal({ state }) || source === 'ledger') return;
    const at = new Date(this.#call.clock.now()).toISOString();
    this.#seen.set(name, { at, raw, state, ...(id !== undefined && { id }), ...(appId !== undefined && { appId }) });
  }

  /** Whether a server has told of its going on, and not long ago. */
  hasSeen({ name }: Pick<RunRef, 'name'>): boolean {
    const seen = this.#seen.get(name);
    return seen !== undefined && this.#call.clock.now() - Date.parse(seen.at) < LATELY_MS;
  }

  ended({ name }: RunRef): void {
    this.#seen.delete(name);
  }

  /** That somebody watches. It is no reason to watch nothing. */
  async say(open: readonly RunRecord[]): Promise<void> {
    const { clock, context, telemetry } = this.#call;
    const by = context?.invokedFunctionArn;
    const runs = Object.fromEntries(
      open.flatMap(({ attempts }) => {
        const name = attempts.at(-1)?.name ?? '';
        const seen = this.#seen.get(name);
        return seen ? [[name, seen]] : [];
      }),
    );
    try {
      const at = new Date(clock.now()).toISOString();
      await this.#ledger.beat?.({ v: 1, at, open: open.length, ...(by !== undefined && { by }), runs });
    } catch (error) {
      telemetry.log('WARN', `that the runs are watched could not be written down: ${clean(error).message}`);
    }
  }
}

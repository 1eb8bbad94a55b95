import {
  type AppReport,
  type AttemptRecord,
  AuthError,
  type Evidence,
  isFinal,
  isLivywireError,
  JobRefusedError,
  type LedgerEntry,
  type RunOutcome,
  type RunRef,
  type RunStatus,
  type Witness,
} from '../core/index.js';
import { firstOf, statusOfApp } from './app-status.js';
import type { EngineDeps } from './deps.js';
import { attemptIn, knownFrom } from './records.js';

/** What one round of questions came to. */
export type Reading =
  | { readonly kind: 'going'; readonly status: RunStatus }
  /** It is over, and whoever had to be asked was asked. */
  | { readonly kind: 'ended'; readonly status: RunStatus; readonly app?: AppReport }
  /** The ledger holds the outcome: another process saw the end. */
  | { readonly kind: 'recorded'; readonly outcome: RunOutcome }
  /** All who could know were asked, and none has a record, for longer than a passing gap. */
  | { readonly kind: 'lost' }
  /** Somebody who might know did not answer. */
  | { readonly kind: 'silent'; readonly reason: string };

type Answer<T> = { readonly answer: T } | { readonly problem: string };

const EVIDENCE_KEPT = 50;
const LOST_ROUNDS = 3;

/** Reads one attempt, wherever it is known, and remembers what each server said. */
export class Observer {
  readonly #deps: EngineDeps;
  #ref: RunRef;
  readonly #evidence: Evidence[] = [];
  readonly #notes = new Set<string>();
  /** Since when nobody has had a record, our clock, and how often that was the answer. */
  #goneSince: number | undefined;
  #goneRounds = 0;
  #everyoneAnswered = false;
  /** Since when an end could not be cross-checked, our clock. */
  #uncheckedSince: number | undefined;

  constructor(deps: EngineDeps, ref: RunRef) {
    this.#deps = deps;
    this.#ref = ref;
  }

  /** Knows more as answers come in. */
  get ref(): RunRef {
    return this.#ref;
  }
  get evidence(): readonly Evidence[] {
    return this.#evidence;
  }
  get notes(): readonly string[] {
    return [...this.#notes];
  }
  /** Whether YARN itself is asked. */
  get asksYarn(): boolean {
    return this.#ref.appId !== undefined && this.#deps.registry !== undefined;
  }
  /** Whether a Livy is asked that has YARN behind it: it cannot know more often than every 5 s. */
  get asksLivyOverYarn(): boolean {
    return !this.asksYarn && (this.#ref.appId !== undefined || this.#deps.registry !== undefined);
  }

  /** Whether nobody stayed silent in the last round: then `silent` means that none has a record just now. */
  get everyoneAnswered(): boolean {
    return this.#everyoneAnswered;
  }

  /** @throws AuthError, JobRefusedError when it was never started; what a service does not answer is `silent`, not an exception */
  async read(signal?: AbortSignal): Promise<Reading> {
    const { backend } = this.#deps;
    const silences: string[] = [];
    const wasYarnAsked = this.asksYarn;
    if (wasYarnAsked) {
      const app = await this.#askYarn(signal);
      if ('problem' in app) silences.push(app.problem);
      else if (app.answer) return this.#fromApp(app.answer);
    }
    const where = `${backend.kind} ${this.#ref.id ?? this.#ref.name}`;
    const held = await this.#ask<RunStatus | undefined>(
      backend.kind === 'livy' ? 'livy' : 'emr',
      where,
      () => backend.status(this.#ref, signal && { signal }),
      (status) => (status ? status.raw : 'no record'),
      signal,
    );
    if ('answer' in held && held.answer) return this.#fromBackend(held.answer, signal);
    if ('problem' in held) silences.push(held.problem);
    return this.#withoutBackend(silences, wasYarnAsked, signal);
  }

  #learn(status: RunStatus): void {
    this.#ref = { ...this.#ref, ...knownFrom(status) };
    this.#forgetGone();
  }

  #fromApp(app: AppReport): Reading {
    const status = statusOfApp(app);
    this.#learn(status);
    return isFinal(status) ? { kind: 'ended', status, app } : { kind: 'going', status };
  }

  /** The backend has it. Its word on a run that goes on is good; its word on an end is checked where YARN can be asked. */
  async #fromBackend(status: RunStatus, signal?: AbortSignal): Promise<Reading> {
    this.#learn(status);
    if (!isFinal(status)) {
      this.#uncheckedSince = undefined;
      return { kind: 'going', status };
    }
    if (!this.#deps.registry) {
      if (status.appId !== undefined) this.#notes.add(`YARN was not asked; the end is ${status.source}'s word alone`);
      return { kind: 'ended', status };
    }
    const app = await this.#askYarn(signal);
    if ('answer' in app) {
      if (app.answer) return this.#fromApp(app.answer);
      this.#notes.add(`YARN has no record of an application; the end is ${status.source}'s word alone`);
      return { kind: 'ended', status };
    }
    this.#uncheckedSince ??= this.#deps.clock.now();
    if (this.#deps.clock.now() - this.#uncheckedSince < this.#deps.waits.lostAfterMs) {
      return { kind: 'silent', reason: app.problem };
    }
    this.#notes.add(`YARN could not be asked (${app.problem}); the end is ${status.source}'s word alone`);
    return { kind: 'ended', status };
  }

  /** The backend has no record, or did not answer. `silences`: who has not answered so far. */
  async #withoutBackend(silences: string[], wasYarnAsked: boolean, signal?: AbortSignal): Promise<Reading> {
    const { backend, sources } = this.#deps;
    const noted = await this.#askLedger(signal);
    if ('problem' in noted) silences.push(noted.problem);
    const attempt = 'answer' in noted ? noted.answer : undefined;
    if (attempt?.outcome && attempt.outcome.kind !== 'lost') return { kind: 'recorded', outcome: attempt.outcome };
    if (attempt?.phase === 'refused') throw new JobRefusedError(attempt.note ?? `${attempt.name} was refused`);

    if (!wasYarnAsked) {
      const app = await this.#askYarn(signal, attempt?.posts[0]?.serverMs);
      if ('problem' in app) silences.push(app.problem);
      else if (app.answer) return this.#fromApp(app.answer);
    }
    for (const source of sources) {
      const told = await this.#ask(
        source.source,
        this.#ref.appId ?? this.#ref.name,
        () => source.status(this.#ref, signal && { signal }),
        (status) => status?.raw ?? 'no record',
        signal,
      );
      if ('problem' in told) silences.push(told.problem);
      else if (told.answer) {
        this.#learn(told.answer);
        return isFinal(told.answer) ? { kind: 'ended', status: told.answer } : { kind: 'going', status: told.answer };
      }
    }
    const { endpoint } = this.#ref;
    if (endpoint !== backend.endpoint)
      silences.push(`it was started at ${endpoint}, and ${backend.endpoint} was asked`);
    return this.#gone(attempt, silences);
  }

  /** Nobody has a record. What that means depends on who was silent, how far the submit came, and for how long it is so. */
  #gone(attempt: AttemptRecord | undefined, silences: readonly string[]): Reading {
    const { backend, clock, registry, waits } = this.#deps;
    this.#everyoneAnswered = silences.length === 0;
    if (silences.length > 0) {
      this.#forgetGone();
      return { kind: 'silent', reason: silences.join('; ') };
    }
    // DELETE answers once the process is gone, and the batch with it: nobody but the ledger can still say so.
    if (attempt?.cancelTakenAt !== undefined && !registry) return deleted(attempt.cancelTakenAt);
    if (attempt?.phase === 'claimed' || attempt?.phase === 'posting') {
      return { kind: 'silent', reason: `${attempt.name} is not started yet; submit with the same key to go on` };
    }
    this.#goneSince ??= clock.now();
    this.#goneRounds++;
    // Rounds, too: a clock that is set forward must not make a gap of one read look long.
    if (clock.now() - this.#goneSince >= waits.lostAfterMs && this.#goneRounds >= LOST_ROUNDS) {
      const neverReachedYarn = this.#ref.appId === undefined;
      if (attempt?.cancelTakenAt !== undefined && neverReachedYarn) return deleted(attempt.cancelTakenAt);
      return { kind: 'lost' };
    }
    return { kind: 'silent', reason: `${backend.kind} has no record of ${this.#ref.name}` };
  }

  #forgetGone(): void {
    this.#goneSince = undefined;
    this.#goneRounds = 0;
  }

  /** What this or another process wrote down about the attempt. */
  async #askLedger(signal?: AbortSignal): Promise<Answer<AttemptRecord | undefined>> {
    const attemptOf = (entry: LedgerEntry | undefined) => entry && attemptIn(entry.record.attempts, this.#ref);
    const asked = `key ${JSON.stringify(this.#ref.key)}`;
    const ask = async () => attemptOf(await this.#deps.ledger.get(this.#ref.key));
    return this.#ask('ledger', asked, ask, (attempt) => attempt?.phase ?? 'no record', signal);
  }

  /** By id once known, else by tag. An answer of `undefined` is proof of absence; what proves nothing is a problem. */
  async #askYarn(signal?: AbortSignal, sinceMs?: number): Promise<Answer<AppReport | undefined>> {
    const { registry } = this.#deps;
    if (!registry) return { answer: undefined };
    const { appId, name } = this.#ref;
    const said = (app: AppReport | undefined) => (app ? statusOfApp(app).raw : 'no record');
    const options = { ...(signal && { signal }), ...(sinceMs !== undefined && { sinceMs }) };
    if (appId !== undefined) return this.#ask('yarn', appId, () => registry.byId(appId, options), said, signal);
    const search = await this.#ask(
      'yarn',
      `tag ${name}`,
      () => registry.byTag(name, options),
      (found) => found.kind,
      signal,
    );
    if ('problem' in search) return search;
    if (search.answer.kind === 'unknown') return { problem: search.answer.reason };
    return { answer: search.answer.kind === 'found' ? firstOf(search.answer.apps) : undefined };
  }

  async #ask<T>(
    source: Witness,
    asked: string,
    ask: () => Promise<T>,
    inShort: (answer: T) => string,
    signal?: AbortSignal,
  ): Promise<Answer<T>> {
    try {
      const answer = await ask();
      this.#note(source, asked, inShort(answer));
      return { answer };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof AuthError || !isLivywireError(error)) throw error;
      this.#note(source, asked, error.message);
      return { problem: error.message };
    }
  }

  /** The same answer to the same question, again and again, is kept once: its last time. */
  #note(source: Witness, asked: string, answer: string): void {
    const again = this.#evidence.findIndex((e) => e.source === source && e.asked === asked && e.answer === answer);
    if (again >= 0) this.#evidence.splice(again, 1);
    this.#evidence.push({ source, asked, answer, at: new Date(this.#deps.clock.now()).toISOString() });
    if (this.#evidence.length > EVIDENCE_KEPT) this.#evidence.shift();
  }
}

const deleted = (at: string): Reading => ({
  kind: 'ended',
  status: { raw: 'deleted', state: 'cancelled', source: 'ledger', links: {}, message: `stopped by livywire at ${at}` },
});

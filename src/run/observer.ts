import {
  type AppReport,
  AuthError,
  type Evidence,
  isFinal,
  isLivywireError,
  type RunOutcome,
  type RunRef,
  type RunStatus,
  type Witness,
} from '../core/index.js';
import { statusOfApp } from './app-status.js';
import type { EngineDeps } from './deps.js';
import { knownFrom } from './records.js';

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

/** Reads one attempt, wherever it is known, and remembers what each server said. */
export class Observer {
  readonly #deps: EngineDeps;
  #ref: RunRef;
  readonly #evidence: Evidence[] = [];
  readonly #notes = new Set<string>();
  /** Since when nobody has had a record, our clock. */
  #goneSince: number | undefined;
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
  /** Whether YARN runs the application: then Livy cannot know more often than every 5 s. */
  get hasYarn(): boolean {
    return this.#ref.appId !== undefined;
  }
  /** Whether YARN itself is asked. */
  get asksYarn(): boolean {
    return this.hasYarn && this.#deps.registry !== undefined;
  }

  /** Whether nobody stayed silent in the last round: then `silent` means that none has a record just now. */
  get everyoneAnswered(): boolean {
    return this.#goneSince !== undefined;
  }

  /** @throws AuthError; what a service does not answer is `silent`, not an exception */
  async read(signal?: AbortSignal): Promise<Reading> {
    const { backend } = this.#deps;
    if (this.asksYarn) {
      const app = await this.#askYarn(signal);
      if ('answer' in app && app.answer) return this.#fromApp(app.answer);
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
    return this.#withoutBackend('problem' in held ? held.problem : undefined, signal);
  }

  #learn(status: RunStatus): void {
    this.#ref = { ...this.#ref, ...knownFrom(status) };
    this.#goneSince = undefined;
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
    if (!this.#deps.registry) return { kind: 'ended', status };
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

  /** The backend has no record, or did not answer (`problem`). */
  async #withoutBackend(problem: string | undefined, signal?: AbortSignal): Promise<Reading> {
    const { clock, registry, sources, waits } = this.#deps;
    const silences = problem === undefined ? [] : [problem];
    if (registry && !this.asksYarn) {
      const app = await this.#askYarn(signal);
      if ('answer' in app && app.answer) return this.#fromApp(app.answer);
      if ('problem' in app) silences.push(app.problem);
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
    const recorded = await this.#askLedger(signal);
    if (recorded) return recorded;
    if (silences.length > 0) {
      this.#goneSince = undefined;
      return { kind: 'silent', reason: silences.join('; ') };
    }
    this.#goneSince ??= clock.now();
    if (clock.now() - this.#goneSince >= waits.lostAfterMs) return { kind: 'lost' };
    return { kind: 'silent', reason: `${this.#deps.backend.kind} has no record of ${this.#ref.name}` };
  }

  /** What another process wrote down: the outcome, or that it was stopped by us. */
  async #askLedger(signal?: AbortSignal): Promise<Reading | undefined> {
    const { ledger, registry } = this.#deps;
    const entry = await this.#ask(
      'ledger',
      `key ${JSON.stringify(this.#ref.key)}`,
      () => ledger.get(this.#ref.key),
      (found) => (found ? (attemptIn(found.record.attempts, this.#ref)?.phase ?? 'no such attempt') : 'no record'),
      signal,
    );
    if (!('answer' in entry) || !entry.answer) return undefined;
    const attempt = attemptIn(entry.answer.record.attempts, this.#ref);
    if (attempt?.outcome && attempt.outcome.kind !== 'lost') return { kind: 'recorded', outcome: attempt.outcome };
    if (attempt?.cancelTakenAt === undefined || registry) return undefined;
    // DELETE answers once the process is gone, and the batch with it: nobody but the ledger can still say so.
    const status: RunStatus = {
      raw: 'deleted',
      state: 'cancelled',
      source: 'ledger',
      links: {},
      message: `stopped by livywire at ${attempt.cancelTakenAt}`,
    };
    return { kind: 'ended', status };
  }

  /** By id once known, else by tag. An answer of `undefined` is proof of absence; what proves nothing is a problem. */
  async #askYarn(signal?: AbortSignal): Promise<Answer<AppReport | undefined>> {
    const { registry } = this.#deps;
    if (!registry) return { answer: undefined };
    const { appId, name } = this.#ref;
    const said = (app: AppReport | undefined) => (app ? statusOfApp(app).raw : 'no record');
    const options = signal && { signal };
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
    return { answer: search.answer.kind === 'found' ? search.answer.apps[0] : undefined };
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

export const attemptIn = <T extends { readonly attempt: number; readonly name: string }>(
  attempts: readonly T[],
  ref: RunRef,
): T | undefined => attempts.find((a) => a.attempt === ref.attempt && a.name === ref.name);

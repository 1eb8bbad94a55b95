import {
  type AppReport,
  type AttemptRecord,
  type Evidence,
  isFinal,
  JobRefusedError,
  type LedgerEntry,
  type RunLinks,
  type RunRef,
  type RunStatus,
} from '../core/index.js';
import { statusOfApp } from './app-status.js';
import { askYarn, hasForgotten, isTied, type YarnWord } from './ask-yarn.js';
import type { EngineDeps } from './deps.js';
import { nothingWasSent } from './decide.js';
import { type Answer, Hearing } from './hearing.js';
import { isLeftInDoubt, isUnsettled } from './left-behind.js';
import { neverBegan } from './lookout.js';
import { nameOf, NoRecord } from './no-record.js';
import { OutputCheck } from './output-check.js';
import type { OwnCancel, Reading } from './reading.js';
import { attemptIn, endIn, knownFrom } from './records.js';
import { Spell } from './spell.js';
import { isLongOutage } from './yarn-outage.js';

export type { OwnCancel, Reading } from './reading.js';

const WITNESS = { livy: 'livy', 'emr-step': 'emr', 'emr-serverless': 'emr-serverless' } as const;

/** Livy's words are YARN's and the driver's, and stand elsewhere; EMR's say why a step failed. */
const saidOf = ({ raw, source, message }: RunStatus): string =>
  message === undefined || !source.startsWith('emr') ? raw : `${raw}: ${message}`;

/** Reads one attempt, wherever it is known, and remembers what each server said. */
export class Observer {
  readonly #deps: EngineDeps;
  #ref: RunRef;
  readonly #hearing: Hearing;
  readonly #output: OutputCheck;
  readonly #notes = new Set<string>();
  readonly #cancel: OwnCancel | undefined;
  #links: RunLinks = {};
  #noted: AttemptRecord | undefined;
  readonly #noRecord: NoRecord;
  /** An end could not be cross-checked. */
  readonly #unchecked: Spell;
  #everyoneAnswered = false;
  #hasYarnAnswered = false;
  /** The first POST, once the ledger was asked. */
  #firstPost: AttemptRecord['posts'][number] | undefined;

  constructor(deps: EngineDeps, ref: RunRef, cancel?: OwnCancel) {
    this.#deps = deps;
    this.#ref = ref;
    this.#cancel = cancel;
    this.#hearing = new Hearing(deps.clock);
    this.#output = new OutputCheck(deps, this.#hearing);
    this.#noRecord = new NoRecord(deps, cancel);
    this.#unchecked = new Spell(deps.clock);
  }

  /** Knows more as answers come in. */
  get ref(): RunRef {
    return this.#ref;
  }
  get evidence(): readonly Evidence[] {
    return this.#hearing.evidence;
  }
  get notes(): readonly string[] {
    return [...this.#notes];
  }
  /** The last links that anybody gave. */
  get links(): RunLinks {
    return this.#links;
  }
  /** The attempt as the ledger last showed it, where it was asked. */
  get noted(): AttemptRecord | undefined {
    return this.#noted;
  }
  /** As somebody else has read it in the ledger. */
  knows(attempt: AttemptRecord | undefined): void {
    this.#noted = attempt;
    this.#firstPost = attempt?.posts[0];
  }
  /** Whether we asked for the end, as far as we or the ledger's `attempt` know. */
  isCancelOurs(attempt = this.#noted): boolean {
    return (this.#cancel ?? attempt?.cancelAskedAt ?? attempt?.cancelTakenAt) !== undefined;
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

  /** Whether YARN was asked in the last round, and answered, whatever that was. */
  get hasYarnAnswered(): boolean {
    return this.#hasYarnAnswered;
  }

  /** @throws AuthError, JobRefusedError when it was never started; what a service does not answer is `silent`, not an exception */
  async read(signal?: AbortSignal): Promise<Reading> {
    return this.#output.judge(await this.#askServers(signal), this.#ref, signal);
  }

  async #askServers(signal: AbortSignal | undefined): Promise<Reading> {
    const { backend } = this.#deps;
    this.#hasYarnAnswered = false;
    const yarn = this.asksYarn ? await this.#askYarn(signal) : undefined;
    if (yarn?.kind === 'app') return this.#fromApp(yarn.app);
    const held = await this.#hearing.ask(
      {
        source: WITNESS[backend.kind],
        asked: `${backend.kind} ${this.#ref.id ?? nameOf(this.#ref)}`,
        ask: () => backend.status(this.#ref, signal && { signal }),
        inShort: (status) => (status ? saidOf(status) : 'no record'),
        authIsFatal: true,
      },
      signal,
    );
    const status = 'answer' in held ? held.answer : undefined;
    if (status && !(await this.#isLeftover(status, signal))) return this.#fromBackend(status, yarn, signal);
    if ('answer' in held) return this.#withoutBackend([], yarn, signal);
    const reading = await this.#withoutBackend([held.problem], yarn, signal);
    if (reading.kind !== 'going' && reading.kind !== 'ended') return reading;
    this.#notes.add(`${backend.kind} was out of reach for a time; the run was watched without it`);
    return reading.kind === 'ended'
      ? reading
      : { ...reading, aside: `${held.problem}; going on with what ${reading.status.source} says` };
  }

  /** Whether it may be no more than what a refused request of a submitter that died has left under the name. */
  async #isLeftover(status: RunStatus, signal: AbortSignal | undefined): Promise<boolean> {
    if (!neverBegan(status)) return false;
    if (this.#noted === undefined || isUnsettled(this.#noted)) await this.#askLedger(signal);
    return isLeftInDoubt(this.#noted, this.#deps);
  }

  /** What a status says beyond the state: where the run is found. */
  learn(status: RunStatus): void {
    this.#links = { ...this.#links, ...status.links };
    this.#ref = { ...this.#ref, ...knownFrom(status) };
  }

  /** Somebody has a record of it. */
  #shown(): void {
    this.#noRecord.end();
    this.#unchecked.end();
  }

  #fromApp(app: AppReport): Reading {
    const status = statusOfApp(app);
    this.learn(status);
    this.#shown();
    if (!isFinal(status)) return { kind: 'going', status };
    if ((app.attempts ?? 1) > 1) this.#notes.add(`YARN started the driver ${app.attempts} times`);
    return { kind: 'ended', status, app };
  }

  /** The backend has it. Its word on a run that goes on is good; its word on an end is checked where YARN can be asked. */
  async #fromBackend(status: RunStatus, asked: YarnWord | undefined, signal?: AbortSignal): Promise<Reading> {
    const { registry, waits, clock } = this.#deps;
    this.learn(status);
    if (!isFinal(status)) {
      this.#shown();
      return { kind: 'going', status };
    }
    const alone = `the end is ${status.source}'s word alone`;
    if (!registry || !isTied(this.#ref)) {
      if (registry || status.appId !== undefined) this.#notes.add(`YARN was not asked; ${alone}`);
      return { kind: 'ended', status };
    }
    if (this.#ref.appId === undefined && this.#firstPost === undefined) await this.#askLedger(signal);
    const yarn = asked ?? (await this.#askYarn(signal));
    if (status.state !== 'succeeded' && hasForgotten(yarn, this.#ref)) {
      this.#unchecked.end();
      const why = `YARN has forgotten the application, and ${status.source} says ${status.raw} of any such one`;
      const reading = await this.#withoutBackend([], yarn, signal);
      if (reading.kind === 'lost') this.#notes.add(why);
      return reading.kind === 'silent' && this.#everyoneAnswered ? { kind: 'silent', reason: why } : reading;
    }
    this.#noRecord.end();
    switch (yarn.kind) {
      case 'app':
        return this.#fromApp(yarn.app);
      case 'unclear':
        this.#notes.add(`YARN says that it is over, not how (${yarn.why}); ${alone}`);
        return { kind: 'ended', status, app: yarn.app };
      case 'absent':
        this.#notes.add(`YARN has no record of an application; ${alone}`);
        return { kind: 'ended', status };
      case 'doubt':
      case 'silent': {
        // A Livy that cannot reach YARN calls its batches dead: while we cannot either, that is worth nothing. The time of
        // an outage is none of a doubt: right after it YARN knows less than ever.
        this.#unchecked.goOn(status.state === 'succeeded' ? '' : yarn.kind);
        const mayBeYarnsFault = yarn.kind === 'silent' && status.state !== 'succeeded';
        const longMs = mayBeYarnsFault ? waits.outageMs : waits.lostAfterMs;
        const wasLong = mayBeYarnsFault && isLongOutage(this.#noted?.yarnOutage, clock, waits.outageMs);
        if (!wasLong && !this.#unchecked.isLonger(longMs)) {
          const more = mayBeYarnsFault ? ({ isUnchecked: true } as const) : yarn.kind === 'doubt' && { held: status };
          return { kind: 'silent', reason: yarn.why, ...more };
        }
        this.#notes.add(`YARN could not say (${yarn.why}); ${alone}`);
        return { kind: 'ended', status };
      }
    }
  }

  /** The backend has no record, or did not answer. `silences`: who has not answered so far. */
  async #withoutBackend(silences: string[], asked: YarnWord | undefined, signal?: AbortSignal): Promise<Reading> {
    const { backend, registry, sources } = this.#deps;
    const noted = await this.#askLedger(signal);
    if ('problem' in noted) silences.push(noted.problem);
    const attempt = 'answer' in noted ? noted.answer : undefined;
    const recorded = endIn(attempt);
    if (recorded) return recorded;
    if (attempt?.phase === 'refused') throw new JobRefusedError(attempt.note ?? `${attempt.name} was refused`);

    const yarn = asked ?? (registry && (await this.#askYarn(signal)));
    if (yarn?.kind === 'app') return this.#fromApp(yarn.app);
    if (yarn?.kind === 'silent') silences.push(yarn.why);
    // What was never sent cannot have ended with its cluster: its key stays free for another one.
    const wasSent = attempt === undefined || !nothingWasSent(attempt);
    for (const source of wasSent ? sources : []) {
      const told = await this.#hearing.ask(
        {
          source: source.source,
          asked: this.#ref.appId ?? nameOf(this.#ref),
          ask: () => source.status(this.#ref, signal && { signal }),
          inShort: (status) => (status ? (status.unclear ?? status.raw) : 'no record'),
        },
        signal,
      );
      if ('problem' in told) silences.push(told.problem);
      else if (told.answer?.unclear !== undefined) this.#links = { ...this.#links, ...told.answer.links };
      else if (told.answer) {
        this.learn(told.answer);
        this.#noRecord.end();
        return isFinal(told.answer) ? { kind: 'ended', status: told.answer } : { kind: 'going', status: told.answer };
      }
    }
    const { endpoint } = this.#ref;
    if (endpoint !== backend.endpoint)
      silences.push(`it was started at ${endpoint}, and ${backend.endpoint} was asked`);
    this.#everyoneAnswered = silences.length === 0;
    return this.#noRecord.judge({ ref: this.#ref, attempt, silences, yarn });
  }

  /** What this or another process wrote down about the attempt. */
  async #askLedger(signal?: AbortSignal): Promise<Answer<AttemptRecord | undefined>> {
    const attemptOf = (entry: LedgerEntry | undefined) => entry && attemptIn(entry.record.attempts, this.#ref);
    const noted = await this.#hearing.ask(
      {
        source: 'ledger',
        asked: `key ${JSON.stringify(this.#ref.key)}`,
        ask: async () => attemptOf(await this.#deps.ledger.get(this.#ref.key)),
        inShort: (attempt) => attempt?.phase ?? 'no record',
      },
      signal,
    );
    if ('answer' in noted) this.knows(noted.answer);
    return noted;
  }

  /** What YARN says, and the links it gave. */
  async #askYarn(signal: AbortSignal | undefined): Promise<YarnWord> {
    const { registry, clock } = this.#deps;
    if (!registry) throw new TypeError('there is no YARN to ask');
    const { at = this.#ref.createdAt, serverMs: sinceMs } = this.#firstPost ?? {};
    const sentAgoMs = Math.max(0, clock.now() - Date.parse(at));
    const when = sinceMs === undefined ? { sentAgoMs } : { sinceMs };
    const word = await askYarn({ ...when, signal, registry, hearing: this.#hearing, ref: this.#ref });
    this.#hasYarnAnswered = word.kind !== 'silent';
    if (word.kind === 'unclear') this.#links = { ...this.#links, ...statusOfApp(word.app).links };
    return word;
  }
}

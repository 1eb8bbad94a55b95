import type { AttemptRecord, RunRef, RunStatus } from '../core/index.js';
import { amend } from './amend.js';
import type { YarnWord } from './ask-yarn.js';
import { claimIsFree } from './claims.js';
import { nothingWasSent } from './decide.js';
import type { EngineDeps } from './deps.js';
import type { Reading } from './reading.js';
import { knownFrom } from './records.js';
import { Spell } from './spell.js';

const UNTIMED = 'YARN could not be asked for its time when the first request was sent';

/** What the servers answered about an attempt of which none has a record. */
export interface Answers {
  /** Of those who did not answer. */
  readonly silences: readonly string[];
  readonly yarn: YarnWord | undefined;
}

/** Not brought to its start, as far as its record goes. */
export const isUnsettled = (attempt: AttemptRecord | undefined): attempt is AttemptRecord =>
  attempt?.phase === 'claimed' || attempt?.phase === 'posting';

/** As `isUnsettled`, and in nobody's hands. */
const isLeft = (attempt: AttemptRecord, deps: EngineDeps): boolean =>
  isUnsettled(attempt) && (attempt.claim === undefined || claimIsFree(attempt.claim, deps));

/** A request was sent, or was about to be, by somebody who is gone. */
export const isLeftInDoubt = (attempt: AttemptRecord | undefined, deps: EngineDeps): boolean =>
  attempt !== undefined && isLeft(attempt, deps) && !nothingWasSent(attempt);

/**
 * Settles for who waits what a submitter left behind that died before its POST or after it. By the same rule as a submit
 * would before it sends again: what was sent is proven to have come to nothing by an absence without a break.
 */
export class LeftBehind {
  readonly #deps: EngineDeps;
  readonly #absent: Spell;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
    this.#absent = new Spell(deps.clock);
  }

  /** Of an attempt that `isUnsettled`, and of which no server has shown a record. */
  judge(attempt: AttemptRecord, { silences, yarn }: Answers): Reading {
    const { registry, waits } = this.#deps;
    const { claim, name, posts } = attempt;
    if (!isLeft(attempt, this.#deps)) {
      this.#absent.end();
      const who = claim ? ` by process ${claim.pid} on ${claim.host}` : '';
      return { kind: 'unsettled', isHeld: true, reason: `${name} is being submitted${who}` };
    }
    // Its intent to send would stand in the record: no server has to be asked.
    if (nothingWasSent(attempt)) return { kind: 'unsent', reason: 'was never sent' };
    if (silences.length > 0) {
      this.#absent.end();
      return { kind: 'silent', reason: silences.join('; ') };
    }
    const isUntimed = registry !== undefined && posts[0]?.serverMs === undefined;
    const doubt = isUntimed ? UNTIMED : yarn?.kind === 'doubt' ? yarn.why : undefined;
    if (doubt !== undefined) {
      this.#absent.end();
      return { kind: 'unsettled', isHeld: false, reason: `none was found, but ${doubt}` };
    }
    this.#absent.goOn();
    const seconds = waits.settleMs / 1_000;
    if (this.#absent.isLonger(waits.settleMs)) {
      return {
        kind: 'unsent',
        reason: `was not started: its request came to nothing, no server has known of it for ${seconds} s`,
      };
    }
    const reason = `no server has a record of ${name} so far; that it was not started is certain after ${seconds} s of that`;
    return { kind: 'unsettled', isHeld: false, reason };
  }

  /** A server, or the record, has shown more. */
  end(): void {
    this.#absent.end();
  }
}

/** How one looks that is not settled: nobody's word but the ledger's, and not an end. */
export const unsettledStatus = ({ name }: RunRef, why: string): RunStatus => ({
  raw: 'submitting',
  state: 'unknown',
  source: 'ledger',
  links: {},
  name,
  unclear: `whether it was started is not known: ${why}`,
});

/**
 * Writes down what a reading has shown of an attempt: what a dead submitter left in doubt was started, for it was seen.
 * Resolves with the attempt as it stands, as `amend` does.
 */
export const noteSeen = (deps: EngineDeps, ref: RunRef): Promise<AttemptRecord | undefined> =>
  amend(deps, ref, (attempt) => ({
    ...knownFrom(ref),
    ...(isLeftInDoubt(attempt, deps) && { phase: 'started', claim: undefined }),
  }));

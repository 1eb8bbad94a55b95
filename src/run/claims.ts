import {
  type AttemptRecord,
  type Claim,
  LedgerConflictError,
  type LedgerEntry,
  LedgerError,
  type RunRecord,
} from '../core/index.js';
import type { EngineDeps } from './deps.js';
import { isOwnerOfOurs, newOwner, ownerIsDead } from './identity.js';
import { lastAttempt, leaseIsOver, withLast } from './records.js';

const WRITE_TRIES = 10;

/** The claim was taken over by somebody else while we were away. */
export class ClaimLostError extends Error {}

// Owners at work in this process. A claim of ours that is not here was left behind by a submit that gave up.
const atWork = new Set<string>();

/** Our hold on the newest attempt of one record, and the only way it is written while we have it. */
export class ClaimHolder {
  readonly owner = newOwner();
  readonly #deps: EngineDeps;
  #entry: LedgerEntry | undefined;

  constructor(deps: EngineDeps) {
    this.#deps = deps;
    atWork.add(this.owner);
  }

  get record(): RunRecord {
    return this.#held().record;
  }
  get attempt(): AttemptRecord {
    return lastAttempt(this.record);
  }

  /** The claim as it would be written now. */
  claim(): Claim {
    const { clock, identity, waits } = this.#deps;
    return { owner: this.owner, ...identity, leaseUntil: new Date(clock.now() + waits.leaseMs).toISOString() };
  }

  /** Takes hold of a record that now carries our claim. */
  hold(entry: LedgerEntry): void {
    this.#entry = entry;
  }

  /** Writes a change to our attempt, and renews the lease. @throws ClaimLostError when it is ours no more */
  async write(change: Partial<AttemptRecord>): Promise<void> {
    await this.#apply((attempt) => ({ ...attempt, claim: this.claim(), ...change }));
  }

  /** Writes the last change: afterwards nobody is at work on it. */
  async close(change: Partial<AttemptRecord>): Promise<void> {
    await this.#apply((attempt) => {
      const { claim: _claim, ...rest } = { ...attempt, ...change };
      return rest;
    });
    this.release();
  }

  /** As `close`, for our own eyes only: the ledger would not take it. */
  closeUnwritten(change: Partial<AttemptRecord>): void {
    const { record, version } = this.#held();
    this.hold({ record: withLast(record, change, record.updatedAt), version });
    this.release();
  }

  /** Renews the lease once half of it is gone. */
  async keep(): Promise<void> {
    const { claim } = this.attempt;
    const { clock, waits } = this.#deps;
    if (claim && Date.parse(claim.leaseUntil) - clock.now() < waits.leaseMs / 2) await this.write({});
  }

  /** Leaves the attempt as it stands to whoever comes next; at worst they wait for the lease. */
  async abandon(): Promise<void> {
    if (this.attempt.claim) await this.close({}).catch(() => undefined);
    this.release();
  }

  /** Forgets the hold without writing: others of this process may take over at once. */
  release(): void {
    atWork.delete(this.owner);
  }

  async #apply(change: (attempt: AttemptRecord) => AttemptRecord): Promise<void> {
    for (let i = 0; i < WRITE_TRIES; i++) {
      const { record, version } = this.#held();
      const attempts = [...record.attempts.slice(0, -1), change(lastAttempt(record))];
      const wanted = { ...record, attempts, updatedAt: this.#now() };
      try {
        this.hold(await this.#deps.ledger.update(wanted, version));
        return;
      } catch (error) {
        const now = await this.#readAfter(error, record.key);
        // Our own write may have been done though its answer was lost: then the record is what we wrote.
        if (now && JSON.stringify(now.record) === JSON.stringify(wanted)) {
          this.hold(now);
          return;
        }
        if (!(error instanceof LedgerConflictError)) throw error;
        if (!now || !this.#isOurs(now.record)) {
          throw new ClaimLostError(`the claim on ${JSON.stringify(record.key)} was taken over`, { cause: error });
        }
        this.hold(now); // somebody added to the attempt (asked for its end, say) and left the claim alone
      }
    }
    throw new LedgerError(`The record of ${JSON.stringify(this.record.key)} keeps changing`);
  }

  /** What the ledger holds after a write that failed with `error`. */
  async #readAfter(error: unknown, key: string): Promise<LedgerEntry | undefined> {
    try {
      return await this.#deps.ledger.get(key);
    } catch (problem) {
      throw error instanceof LedgerConflictError ? problem : error;
    }
  }

  #isOurs(record: RunRecord): boolean {
    const { attempt, claim, phase } = lastAttempt(record);
    return attempt === this.attempt.attempt && claim?.owner === this.owner && phase !== 'ended';
  }

  #held(): LedgerEntry {
    if (!this.#entry) throw new TypeError('no record is held yet');
    return this.#entry;
  }
  #now(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }
}

/**
 * Whether a claim may be taken over: at once where its owner is certainly dead or has given up; else after its
 * lease, the longest POST that it may have under way, and the settle time.
 */
export function claimIsFree(claim: Claim, { identity, clock, waits }: EngineDeps): boolean {
  if (ownerIsDead(claim, identity)) return true;
  if (claim.host === identity.host && isOwnerOfOurs(claim.owner) && !atWork.has(claim.owner)) return true;
  return leaseIsOver(claim, clock.now(), waits.postTimeoutMs + waits.settleMs);
}

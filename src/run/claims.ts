import {
  type AttemptRecord,
  type Claim,
  LedgerConflictError,
  type LedgerEntry,
  type RunRecord,
} from '../core/index.js';
import type { EngineDeps } from './deps.js';
import { newOwner, ownerIsDead } from './identity.js';
import { lastAttempt, leaseIsOver, withLast } from './records.js';

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
    await this.#update(withLast(this.record, { claim: this.claim(), ...change }, this.#now()));
  }

  /** Writes the last change: afterwards nobody is at work on it. */
  async close(change: Partial<AttemptRecord>): Promise<void> {
    const { claim: _claim, ...rest } = { ...this.attempt, ...change };
    const attempts = [...this.record.attempts.slice(0, -1), rest];
    await this.#update({ ...this.record, updatedAt: this.#now(), attempts });
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

  async #update(record: RunRecord): Promise<void> {
    try {
      this.#entry = await this.#deps.ledger.update(record, this.#held().version);
    } catch (error) {
      if (!(error instanceof LedgerConflictError)) throw error;
      // Our own write may have been done though its answer was lost: then the record is what we wrote.
      const now = await this.#deps.ledger.get(record.key);
      if (now === undefined || JSON.stringify(now.record) !== JSON.stringify(record)) {
        throw new ClaimLostError(`the claim on ${JSON.stringify(record.key)} was taken over`, { cause: error });
      }
      this.#entry = now;
    }
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
  const isOurProcess =
    claim.host === identity.host && claim.pid === identity.pid && claim.pidStart === identity.pidStart;
  if (isOurProcess && !atWork.has(claim.owner)) return true;
  return leaseIsOver(claim, clock.now(), waits.postTimeoutMs + waits.settleMs);
}

import { randomUUID } from 'node:crypto';
import {
  type AttemptRecord,
  type Clock,
  type Ledger,
  LedgerConflictError,
  type LedgerEntry,
  LedgerError,
  namespaceFromText,
  namespaceText,
  type RunRecord,
  type RunSummary,
} from '../../core/index.js';
import type { Bucket, Condition, PutAnswer } from '../s3/bucket.js';
import { Listing } from './listing.js';
import { isOver, Places } from './places.js';
import { recordText, writeIdOf } from './record-text.js';

/** Two writes of one object at the same moment: S3 takes one and tells the other to come again. */
const COLLISION_TRIES = 8;
const COLLISION_PAUSE_MS = 100;
/** One would do: S3 shows what it has taken. */
const NAMESPACE_TRIES = 3;

export interface S3LedgerParts {
  readonly bucket: Bucket;
  /** Under which everything stands; empty for the whole bucket. */
  readonly prefix: string;
  readonly clock: Clock;
  /** Told of records that cannot be read, and of entries for lists that could not be written. */
  readonly onTrouble: (error: LedgerError) => void;
}

/**
 * Runs in S3. The record of a run is one object: created with If-None-Match, changed with If-Match, so that of two
 * writers one loses and knows it. What lists need stands beside it, in names; they may lag behind the record by what a
 * killed writer left undone, and are checked against it while the run has not ended.
 */
export class S3Ledger implements Ledger {
  readonly #parts: S3LedgerParts;
  readonly #bucket: Bucket;
  readonly #places: Places;
  readonly #listing: Listing;
  #namespace: string | undefined;
  /** Entries that this process has written or removed, so that it does so once: `<object> there`, `<object> gone`. */
  readonly #kept = new Map<string, 'there' | 'gone'>();

  constructor(parts: S3LedgerParts) {
    this.#parts = parts;
    this.#bucket = parts.bucket;
    this.#places = new Places(parts.prefix);
    this.#listing = new Listing({
      bucket: this.#bucket,
      places: this.#places,
      read: (hash) => this.#read(hash),
      onTrouble: parts.onTrouble,
    });
  }

  async namespace(): Promise<string> {
    const place = this.#places.namespace;
    for (let tries = 1; this.#namespace === undefined; tries++) {
      const stored = await this.#bucket.read(place);
      if (stored) this.#namespace = namespaceFromText(this.#url(place), stored.text);
      else if (tries > NAMESPACE_TRIES) {
        throw new LedgerError(`${this.#url(place)} cannot be read although it was written, or is removed each time`);
      } else await this.#write(place, namespaceText(randomUUID()), { ifNoneMatch: '*' });
    }
    return this.#namespace;
  }

  get(key: string): Promise<LedgerEntry | undefined> {
    return this.#read(this.#places.hashOf(key));
  }

  async create(record: RunRecord): Promise<LedgerEntry> {
    const exists = `Key ${JSON.stringify(record.key)} is in the ledger already`;
    return this.#put(record, { ifNoneMatch: '*' }, exists);
  }

  async update(record: RunRecord, version: string): Promise<LedgerEntry> {
    return this.#put(record, { ifMatch: version }, `The record of ${JSON.stringify(record.key)} has changed`);
  }

  list(options: { readonly since?: Date; readonly limit?: number } = {}): AsyncIterable<RunRecord> {
    return this.#listing.records(options);
  }

  summaries(options: { readonly since?: Date; readonly limit?: number } = {}): AsyncIterable<RunSummary> {
    return this.#listing.summaries(options);
  }

  async #read(hash: string): Promise<LedgerEntry | undefined> {
    const place = this.#places.record(hash);
    const stored = await this.#bucket.read(place);
    return stored && { record: recordText.read(this.#url(place), stored.text), version: stored.etag };
  }

  /** The entry of an attempt that goes on is there before its record says so; that of one that ended, after it. */
  async #put(record: RunRecord, condition: Condition, conflict: string): Promise<LedgerEntry> {
    const hash = this.#places.hashOf(record.key);
    const last = record.attempts.at(-1);
    if (last && !isOver(last)) await this.#keep(this.#places.activeAttempt(hash, last.attempt), record.key);
    const writeId = randomUUID();
    const answer = await this.#write(this.#places.record(hash), recordText.write(record, writeId), condition);
    const etag = answer.kind === 'written' ? answer.etag : await this.#ownWrite(hash, writeId);
    if (etag === undefined) throw new LedgerConflictError(conflict);
    if (last && isOver(last)) await this.#file(record, hash, last);
    return { record, version: etag };
  }

  /**
   * The version of our write, where it was done after all: the SDK sends a PUT again whose answer was lost, and then
   * finds its own object in the way.
   */
  async #ownWrite(hash: string, writeId: string): Promise<string | undefined> {
    const stored = await this.#bucket.read(this.#places.record(hash));
    return stored && writeIdOf(stored.text) === writeId ? stored.etag : undefined;
  }

  async #write(place: string, text: string, condition: Condition): Promise<PutAnswer> {
    for (let tries = 1; ; tries++) {
      const answer = await this.#bucket.write(place, text, condition);
      if (answer.kind !== 'collided') return answer;
      if (tries >= COLLISION_TRIES) throw new LedgerError(`${this.#url(place)} is being written by too many at once`);
      await this.#parts.clock.sleep(COLLISION_PAUSE_MS * tries * (0.5 + Math.random()));
    }
  }

  async #keep(active: string, key: string): Promise<void> {
    if (this.#kept.get(active) === 'there') return;
    await this.#bucket.write(active, `${JSON.stringify({ v: 1, kind: 'active', key })}\n`);
    this.#remember(active, 'there');
  }

  /** The record is written by now and is what counts: a list that lags is no reason to say that it was not. */
  async #file(record: RunRecord, hash: string, last: AttemptRecord): Promise<void> {
    const ended = this.#places.endedAttempt(record);
    const active = this.#places.activeAttempt(hash, last.attempt);
    try {
      if (this.#kept.get(ended) !== 'there') {
        await this.#write(ended, `${JSON.stringify(endedFacts(record, last))}\n`, { ifNoneMatch: '*' });
        this.#remember(ended, 'there');
      }
      if (this.#kept.get(active) !== 'gone') {
        await this.#bucket.remove(active);
        this.#remember(active, 'gone');
      }
    } catch (error) {
      this.#parts.onTrouble(
        new LedgerError(`${(error as Error).message}; the run's record is written, and lists read it again each time`, {
          cause: error,
        }),
      );
    }
  }

  #remember(place: string, what: 'there' | 'gone'): void {
    if (this.#kept.size >= 10_000) this.#kept.clear(); // a long-lived process starts many runs
    this.#kept.set(place, what);
  }

  #url(place: string): string {
    return `s3://${this.#bucket.name}/${place}`;
  }
}

/** What is kept of an ended attempt for ever: who ran what, where, and how it ended. */
function endedFacts(record: RunRecord, last: AttemptRecord): Readonly<Record<string, unknown>> {
  const { key, specHash, spec, createdAt } = record;
  const { claim: _claim, unfinished: _unfinished, outcome, createdAt: attemptAt, ...attempt } = last;
  const end = outcome && { outcome: outcome.kind, knownAt: outcome.knownAt };
  return { v: 1, kind: 'ended', key, specHash, file: spec.file, createdAt, attemptAt, ...attempt, ...end };
}

import { randomUUID } from 'node:crypto';
import {
  type AttemptRecord,
  type Clock,
  ConfigError,
  HttpStatusError,
  isOpen,
  isOver,
  lastAtOf,
  type Ledger,
  LedgerConflictError,
  type LedgerEntry,
  LedgerError,
  namespaceFromText,
  namespaceText,
  newestFirst,
  type RunRecord,
  type RunSummary,
  type WatcherBeat,
} from '../../core/index.js';
import type { Bucket, Condition, PutAnswer } from '../s3/bucket.js';
import { type ActiveEntry, Listing } from './listing.js';
import { Places } from './places.js';
import { recordText, writeIdOf } from './record-text.js';

/** Two writes of one object at the same moment: S3 takes one and tells the other to come again. */
const COLLISION_TRIES = 8;
const COLLISION_PAUSE_MS = 100;
/** One would do: S3 shows what it has taken. */
const NAMESPACE_TRIES = 3;
const NOT_IMPLEMENTED = 501;
/** An entry for a record that is not there is a writer's that is about to write it, or was killed before that. */
const ABANDONED_MS = 86_400_000;

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
      } else {
        if (tries === 1) await this.#tryConditions();
        await this.#write(place, namespaceText(randomUUID()), { ifNoneMatch: '*' });
      }
    }
    return this.#namespace;
  }

  /**
   * A store that takes every write, whatever its condition says, lets two writers win, and so starts jobs twice. Tried
   * once for each ledger, before it has a name; afterwards nothing tells.
   * @throws ConfigError
   */
  async #tryConditions(): Promise<void> {
    const place = `${this.#places.active}probe-${randomUUID()}`;
    const isHeeded = async (condition: Condition): Promise<boolean> =>
      (await this.#write(place, '{}\n', condition)).kind !== 'written';
    try {
      if (await isHeeded({ ifNoneMatch: '*' })) return; // nothing stands there: what answers is no store at all
      if ((await isHeeded({ ifNoneMatch: '*' })) && (await isHeeded({ ifMatch: '"livywire"' }))) return;
    } catch (error) {
      if (!(error instanceof HttpStatusError && error.status === NOT_IMPLEMENTED)) throw error;
    } finally {
      await this.#bucket.remove(place).catch((error: Error) => this.#parts.onTrouble(new LedgerError(error.message)));
    }
    throw new ConfigError(
      `No ledger can be kept at s3://${this.#bucket.name}/${this.#parts.prefix}: what answers for S3 there does not honour ` +
        `conditional writes (If-None-Match, If-Match), so two processes could start the same run. Use S3 itself, or a store that does`,
      { field: '--ledger' },
    );
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

  async *open(): AsyncGenerator<RunRecord, void> {
    const found = new Map<string, RunRecord>();
    for await (const entry of this.#listing.active()) {
      const { record } = entry;
      await this.#tidy(entry);
      if (record && isOpen(record)) found.set(record.key, record);
    }
    const sorted = [...found.values()].map((record) => ({ record, key: record.key, lastAt: lastAtOf(record) }));
    for (const { record } of sorted.sort(newestFirst)) yield record;
  }

  async beat(beat: WatcherBeat): Promise<void> {
    await this.#bucket.write(this.#places.watcher, `${JSON.stringify(beat)}\n`);
  }

  async lastBeat(): Promise<WatcherBeat | undefined> {
    const stored = await this.#bucket.read(this.#places.watcher);
    return stored && (JSON.parse(stored.text) as WatcherBeat);
  }

  /** What a writer that was killed between a record and its entries has left undone. */
  async #tidy({ object, attempt, modifiedMs, record }: ActiveEntry): Promise<void> {
    const i = record?.attempts.findIndex((one) => one.attempt === attempt) ?? -1;
    const one = record?.attempts[i];
    if (record && one) {
      const isLast = i === record.attempts.length - 1;
      // The one under `ended/` is written by whoever explains it, too.
      if (isOver(one) && !(isLast && isOpen(record)))
        await this.#file({ ...record, attempts: record.attempts.slice(0, i + 1) }, one, [object]);
      return;
    }
    const isAbandoned = this.#parts.clock.now() - modifiedMs > ABANDONED_MS;
    if (isAbandoned && !(record && isOpen(record))) await this.#remove([object]);
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
    if (last && isOver(last)) {
      // Until its end is explained whoever looks for what is open finds it there. Earlier attempts are of no interest then.
      const isDone = !isOpen(record);
      const active = record.attempts.map((one) => this.#places.activeAttempt(hash, one.attempt));
      await this.#file(record, last, isDone ? active : []);
    }
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

  /** The entry of its last attempt, and which are needed no more. */
  async #file(record: RunRecord, last: AttemptRecord, done: readonly string[]): Promise<void> {
    const ended = this.#places.endedAttempt(record);
    const isFiled = await this.#lagging(async () => {
      if (this.#kept.get(ended) === 'there') return;
      await this.#write(ended, `${JSON.stringify(endedFacts(record, last))}\n`, { ifNoneMatch: '*' });
      this.#remember(ended, 'there');
    });
    if (isFiled) await this.#remove(done);
  }

  async #remove(active: readonly string[]): Promise<void> {
    await this.#lagging(async () => {
      for (const object of active) {
        if (this.#kept.get(object) === 'gone') continue;
        await this.#bucket.remove(object);
        this.#remember(object, 'gone');
      }
    });
  }

  /** The record is written by then and is what counts: a list that lags is no reason to say that it was not. */
  async #lagging(write: () => Promise<void>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      const what = `${(error as Error).message}; the run's record is written, and lists read it again each time`;
      this.#parts.onTrouble(new LedgerError(what, { cause: error }));
      return false;
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
  const { claim: _claim, unfinished: _un, listeners: _listeners, outcome, createdAt: attemptAt, ...attempt } = last;
  const end = outcome && { outcome: outcome.kind, knownAt: outcome.knownAt };
  return { v: 1, kind: 'ended', key, specHash, file: spec.file, createdAt, attemptAt, ...attempt, ...end };
}

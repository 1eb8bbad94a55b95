import {
  isLivywireError,
  lastAtOf,
  type LedgerEntry,
  type LedgerError,
  newestFirst,
  type RunRecord,
  type RunSummary,
  summaryOf,
} from '../../core/index.js';
import type { Bucket } from '../s3/bucket.js';
import type { EndedName, Places } from './places.js';

const READS_AT_ONCE = 16;

export interface ListOptions {
  readonly since?: Date;
  readonly limit?: number;
}

interface ListingParts {
  readonly bucket: Bucket;
  readonly places: Places;
  /** The record under the hash of a key. */
  readonly read: (hash: string) => Promise<LedgerEntry | undefined>;
  readonly onTrouble: (error: LedgerError) => void;
}

/** An entry under `active/`, and the record that it leads to. */
export interface ActiveEntry {
  readonly object: string;
  readonly attempt: number;
  readonly modifiedMs: number;
  readonly record: RunRecord | undefined;
}

/** What is to be shown, once it is its turn. */
interface Coming<T> {
  readonly lastAt: string;
  readonly key: string;
  readonly give: () => Promise<T | undefined>;
}

/** What a list shows of one run: from names alone, or from its record. */
type Shown = { readonly key: string };

/** Lists over names: of ended runs by the day of their end, newest day first; of others over their records, one read each. */
export class Listing {
  readonly #parts: ListingParts;

  constructor(parts: ListingParts) {
    this.#parts = parts;
  }

  /** One read for each record that is given. */
  records(options: ListOptions): AsyncGenerator<RunRecord, void> {
    return this.#walk(
      options,
      (record) => record,
      async (named) => this.#record(named.hash),
    );
  }

  /** No reads but those of runs that have not ended, and of names that were too long. */
  summaries(options: ListOptions): AsyncGenerator<RunSummary, void> {
    return this.#walk(options, summaryOf, async (named) => {
      if (named.summary) return named.summary;
      const record = await this.#record(named.hash);
      return record && summaryOf(record);
    });
  }

  async *#walk<T extends Shown>(
    { since, limit = Infinity }: ListOptions,
    ofRecord: (record: RunRecord) => T,
    ofName: (named: EndedName) => Promise<T | undefined>,
  ): AsyncGenerator<T, void> {
    if (limit <= 0) return;
    const from = since?.toISOString() ?? '';
    // Of several entries of one run the newest counts, which is met first; and before them all its record, while it is open.
    const seen = new Set<string>();
    const open: Coming<T>[] = [];
    for await (const { hash, record } of this.active()) {
      if (record && !seen.has(hash))
        open.push({ lastAt: lastAtOf(record), key: record.key, give: async () => ofRecord(record) });
      if (record) seen.add(hash);
    }
    const waiting = open.filter(({ lastAt }) => lastAt >= from).sort(newestFirst);
    let left = limit;
    for await (const day of this.#days(from)) {
      const names = day.names.filter(({ hash, lastAt }) => !seen.has(hash) && lastAt >= from);
      for (const { hash } of names) seen.add(hash);
      const ended = names.map((named): Coming<T> => ({
        lastAt: named.lastAt,
        key: named.summary?.key ?? '',
        give: () => ofName(named),
      }));
      const isUpToNow = ({ lastAt }: Coming<T>): boolean => lastAt.slice(0, 10) >= day.date;
      const today = [...ended, ...waiting.filter(isUpToNow)].sort(newestFirst);
      waiting.splice(0, today.length - ended.length);
      for (let i = 0; i < today.length && left > 0; i += READS_AT_ONCE) {
        const some = today.slice(i, i + Math.min(READS_AT_ONCE, left));
        for (const one of await Promise.all(some.map(({ give }) => give()))) {
          if (one === undefined) continue;
          yield one;
          left -= 1;
        }
      }
      if (left <= 0) return;
    }
    for (const { give } of waiting.slice(0, left === Infinity ? undefined : left)) yield (await give()) as T;
  }

  /** Each entry under `active/` with its record; also of runs that are over, where a writer that was killed left it. One read for each run. */
  async *active(): AsyncGenerator<ActiveEntry & { readonly hash: string }, void> {
    const { bucket, places } = this.#parts;
    const entries = new Map<string, Omit<ActiveEntry, 'record'>[]>();
    for await (const { key: object, modifiedMs } of bucket.list(places.active)) {
      const found = places.readActive(object);
      if (!found) continue;
      const { hash, attempt } = found;
      entries.set(hash, [...(entries.get(hash) ?? []), { object, attempt, modifiedMs }]);
    }
    const all = [...entries];
    for (let i = 0; i < all.length; i += READS_AT_ONCE) {
      const some = all.slice(i, i + READS_AT_ONCE);
      const records = await Promise.all(some.map(([hash]) => this.#record(hash)));
      for (const [j, [hash, ofRun]] of some.entries()) {
        for (const entry of ofRun) yield { ...entry, hash, record: records[j] };
      }
    }
  }

  /** One request for the days, then one for each day and thousand attempts. */
  async *#days(from: string): AsyncGenerator<{ readonly date: string; readonly names: readonly EndedName[] }, void> {
    const { bucket, places } = this.#parts;
    const folders = await bucket.folders(places.ended);
    for (const folder of [...folders].sort().reverse()) {
      const [, date] = /day=(\d{4}-\d\d-\d\d)\/$/.exec(folder) ?? [];
      if (date === undefined) continue;
      if (date < from.slice(0, 10)) return;
      // Of several attempts under one key the newest counts; two entries of one attempt say that a name was changed.
      const newest = new Map<string, EndedName>();
      for await (const { key } of bucket.list(folder)) {
        const named = places.readEnded(key);
        if (!named) continue;
        const known = newest.get(named.hash);
        if (!known || named.attempt > known.attempt) newest.set(named.hash, named);
        else if (named.attempt === known.attempt) {
          const { summary: _, ...unsure } = named;
          newest.set(named.hash, unsure);
        }
      }
      yield { date, names: [...newest.values()] };
    }
  }

  /** A record that is damaged or of a newer livywire must not hide the others: it is left out, and said. */
  async #record(hash: string): Promise<RunRecord | undefined> {
    try {
      return (await this.#parts.read(hash))?.record;
    } catch (error) {
      if (!isLivywireError(error) || error.code !== 'LEDGER') throw error;
      this.#parts.onTrouble(error as LedgerError);
      return undefined;
    }
  }
}

import {
  isLivywireError,
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

/** What a list shows of one run: from names alone, or from its record. */
type Shown = { readonly key: string; readonly createdAt: string };

/** Lists over names: of ended runs by the day they began, newest day first; of others over their records, one read each. */
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
    const active = await this.#active();
    const open = [...active.values()].filter(({ createdAt }) => createdAt >= from).sort(newestFirst);
    let left = limit;
    for await (const day of this.#days(from)) {
      // What began after that day comes before it.
      while (left > 0 && open[0] && open[0].createdAt.slice(0, 10) > day.date) {
        yield ofRecord(open.shift() as RunRecord);
        left -= 1;
      }
      if (left <= 0) return;
      const ended = day.names.filter(({ hash, createdAt }) => !active.has(hash) && createdAt >= from);
      const today: { readonly createdAt: string; readonly key: string; readonly give: () => Promise<T | undefined> }[] =
        [
          ...ended.map((named) => ({
            createdAt: named.createdAt,
            key: named.summary?.key ?? '',
            give: () => ofName(named),
          })),
          ...open
            .filter(({ createdAt }) => createdAt.startsWith(day.date))
            .map((record) => ({ createdAt: record.createdAt, key: record.key, give: async () => ofRecord(record) })),
        ];
      open.splice(0, today.length - ended.length);
      today.sort(newestFirst);
      for (let i = 0; i < today.length && left > 0; i += READS_AT_ONCE) {
        const some = today.slice(i, i + Math.min(READS_AT_ONCE, left));
        for (const one of await Promise.all(some.map(({ give }) => give()))) {
          if (one === undefined) continue;
          yield one;
          left -= 1;
        }
      }
    }
    for (const record of open.slice(0, left === Infinity ? undefined : left)) yield ofRecord(record);
  }

  /** The records that entries under `active/` lead to, by their hash; also of runs that ended without their entry's removal. */
  async #active(): Promise<Map<string, RunRecord>> {
    const { bucket, places } = this.#parts;
    const hashes = new Set<string>();
    for await (const { key } of bucket.list(places.active)) {
      const found = places.readActive(key);
      if (found) hashes.add(found.hash);
    }
    const records = new Map<string, RunRecord>();
    const all = [...hashes];
    for (let i = 0; i < all.length; i += READS_AT_ONCE) {
      await Promise.all(
        all.slice(i, i + READS_AT_ONCE).map(async (hash) => {
          const record = await this.#record(hash);
          if (record) records.set(hash, record);
        }),
      );
    }
    return records;
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

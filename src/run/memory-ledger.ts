import { randomUUID } from 'node:crypto';
import {
  type Ledger,
  LedgerConflictError,
  type LedgerEntry,
  listed,
  type RunRecord,
  type WatcherBeat,
} from '../core/index.js';

/**
 * A ledger that lives and dies with the process: for tests and short-lived programs.
 * After a restart the same key is a new run, unless `namespace` is given and Livy still remembers the batch.
 * @example
 * const lw = createLivywire({ url: 'http://127.0.0.1:8998', ledger: memoryLedger() });
 */
export function memoryLedger({ namespace = randomUUID() }: { readonly namespace?: string } = {}): Ledger {
  const entries = new Map<string, { json: string; version: number }>();
  const read = (key: string): LedgerEntry | undefined => {
    const entry = entries.get(key);
    return entry && { record: JSON.parse(entry.json) as RunRecord, version: String(entry.version) };
  };
  const write = (record: RunRecord, version: number): LedgerEntry => {
    entries.set(record.key, { json: JSON.stringify(record), version });
    return { record, version: String(version) };
  };
  let last: WatcherBeat | undefined;
  return {
    beat: async (beat) => void (last = beat),
    lastBeat: async () => last,
    namespace: async () => namespace,
    get: async (key) => read(key),
    create: async (record) => {
      if (entries.has(record.key))
        throw new LedgerConflictError(`Key ${JSON.stringify(record.key)} is in the ledger already`);
      return write(record, 1);
    },
    update: async (record, version) => {
      const now = entries.get(record.key)?.version ?? 0;
      if (String(now) !== version)
        throw new LedgerConflictError(`The record of ${JSON.stringify(record.key)} has changed`);
      return write(record, now + 1);
    },
    async *list(options) {
      yield* listed(
        [...entries.keys()].map((key) => read(key)!.record),
        options,
      );
    },
  };
}

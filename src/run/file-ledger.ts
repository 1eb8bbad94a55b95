import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
  lastAtOf,
  type Ledger,
  LedgerConflictError,
  type LedgerEntry,
  LedgerError,
  listed,
  namespaceFromText,
  namespaceText,
  recordFromText,
  type RunRecord,
} from '../core/index.js';
import { keepOrder, type ListOrder, readOrder } from './list-order.js';

const NAMESPACE_FILE = 'ledger.json';
const READS_AT_ONCE = 32;

interface Found {
  readonly path: string;
  readonly version: number;
  /** Files of lower versions that were not cleaned away yet. */
  readonly older: readonly string[];
}

/** A run as a list has it before its record is read. */
interface Listed {
  readonly hash: string;
  readonly path: string;
  readonly lastAt: string;
}

/** So many at a time, in their order. */
async function several<T, R>(all: readonly T[], each: (one: T) => Promise<R>): Promise<readonly R[]> {
  const done: R[] = [];
  for (let i = 0; i < all.length; i += READS_AT_ONCE)
    done.push(...(await Promise.all(all.slice(i, i + READS_AT_ONCE).map(each))));
  return done;
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

export interface FileLedgerOptions {
  /**
   * Told of each record that `list` had to leave out because it is damaged or was written by a newer livywire: one bad
   * file must not hide every other run. `get` throws that error. @defaultValue nobody is told
   */
  readonly onDamaged?: (error: LedgerError) => void;
}

/**
 * A ledger in a folder, safe for any number of processes on one file system.
 *
 * Each version of a record is a file of its own, `runs/<2 hex>/<sha256 of the key>.<version>.json`, published by
 * `link()` of a complete, fsynced file. Linking fails where the name is taken, so creating version n + 1 is the
 * compare-and-swap; the highest version is the truth, and only lower ones are ever removed. No locks, so nothing
 * is left locked by a process that was killed. `order.txt` spares lists the reading of what they do not show. Files are
 * 0600, folders 0700.
 */
export function fileLedger(folder: string, { onDamaged }: FileLedgerOptions = {}): Ledger {
  const failed = (what: string, error: unknown): never => {
    if (error instanceof LedgerConflictError || error instanceof LedgerError) throw error;
    throw new LedgerError(`The ledger in ${folder} could not be ${what}: ${(error as Error).message}`, {
      cause: error,
    });
  };
  const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');
  const shardOf = (hash: string): string => join(folder, 'runs', hash.slice(0, 2));

  /** Publishes `text` under `path` in one step. `false` when the name is taken. */
  async function publish(directory: string, path: string, text: string): Promise<boolean> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const draft = join(directory, `.${randomUUID()}.draft`);
    const file = await open(draft, 'wx', 0o600);
    try {
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await link(draft, path);
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    } finally {
      await unlink(draft).catch(() => undefined);
    }
    await syncFolder(directory);
    return true;
  }

  /** The latest version of each record in one shard. */
  async function latest(directory: string): Promise<Map<string, Found>> {
    const names = await readdir(directory).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    });
    const found = new Map<string, Found>();
    for (const name of names) {
      const [, hash, digits] = /^([0-9a-f]{64})\.(\d+)\.json$/.exec(name) ?? [];
      if (hash === undefined) continue;
      const [path, version, known] = [join(directory, name), Number(digits), found.get(hash)];
      if (!known) found.set(hash, { path, version, older: [] });
      else if (version > known.version) found.set(hash, { path, version, older: [...known.older, known.path] });
      else found.set(hash, { ...known, older: [...known.older, path] });
    }
    return found;
  }

  async function readRecord(path: string): Promise<RunRecord | undefined> {
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined; // a newer version took its place
      throw error;
    });
    if (text === undefined) return undefined;
    return recordFromText(path, text);
  }

  async function current(hash: string): Promise<LedgerEntry | undefined> {
    for (;;) {
      // Twice before it is absent: a folder that changes while it is read may show neither the old version nor the new.
      const found = (await latest(shardOf(hash))).get(hash) ?? (await latest(shardOf(hash))).get(hash);
      if (!found) return undefined;
      const record = await readRecord(found.path);
      if (record) return { record, version: String(found.version) };
    }
  }

  async function write(record: RunRecord, version: number): Promise<LedgerEntry> {
    const hash = hashOf(record.key);
    const directory = shardOf(hash);
    const path = join(directory, `${hash}.${version}.json`);
    const conflict = () => new LedgerConflictError(`The record of ${JSON.stringify(record.key)} has changed`);
    if (!(await publish(directory, path, `${JSON.stringify(record)}\n`))) throw conflict();
    // A writer that slept through several versions can link one that was cleaned away: the highest one wins.
    const now = (await latest(directory)).get(hash);
    for (const old of now?.older ?? []) await unlink(old).catch(() => undefined);
    if (now && now.version > version) throw conflict();
    return { record, version: String(version) };
  }

  /** For a list: a damaged record, or one of a newer livywire, must not hide the others. */
  async function readListed({ hash, path }: Pick<Listed, 'hash' | 'path'>): Promise<RunRecord | undefined> {
    try {
      return (await readRecord(path)) ?? (await current(hash))?.record;
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error; // the folder itself cannot be read
      onDamaged?.(error);
      return undefined;
    }
  }

  /** Every run to which something happened since, newest first, and the records that had to be read to know that. */
  async function inOrder(
    since: Date | undefined,
  ): Promise<{ readonly entries: readonly Listed[]; readonly read: ReadonlyMap<string, RunRecord> }> {
    const known = await readOrder(folder);
    const names = await readdir(join(folder, 'runs')).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    });
    const shards = names.filter((name) => /^[0-9a-f]{2}$/.test(name));
    const found = (await several(shards, (shard) => latest(join(folder, 'runs', shard)))).flatMap((one) => [...one]);
    const order: ListOrder = new Map();
    const read = new Map<string, RunRecord>();
    const unknown: (readonly [name: string, hash: string, path: string])[] = [];
    const listed: Listed[] = [];
    for (const [hash, { path, version }] of found) {
      const name = `${hash}.${version}`;
      const lastAt = known.get(name);
      if (lastAt === undefined) unknown.push([name, hash, path]);
      else {
        order.set(name, lastAt);
        listed.push({ hash, path, lastAt });
      }
    }
    await several(unknown, async ([name, hash, path]) => {
      const record = await readListed({ hash, path });
      if (!record) return;
      const lastAt = lastAtOf(record);
      read.set(hash, record);
      order.set(name, lastAt);
      listed.push({ hash, path, lastAt });
    });
    await keepOrder(folder, order, unknown.length);
    const from = since?.toISOString() ?? '';
    const entries = listed.filter(({ lastAt }) => lastAt >= from);
    return { entries: entries.sort((a, b) => (a.lastAt < b.lastAt ? 1 : a.lastAt > b.lastAt ? -1 : 0)), read };
  }

  return {
    async namespace() {
      const path = join(folder, NAMESPACE_FILE);
      try {
        for (;;) {
          const text = await readFile(path, 'utf8').catch((error: unknown) => {
            if (codeOf(error) === 'ENOENT') return undefined;
            throw error;
          });
          if (text !== undefined) return namespaceFromText(path, text);
          await publish(folder, path, namespaceText(randomUUID()));
        }
      } catch (error) {
        return failed('opened', error);
      }
    },
    async get(key) {
      try {
        return await current(hashOf(key));
      } catch (error) {
        return failed('read', error);
      }
    },
    async create(record) {
      try {
        if (await current(hashOf(record.key))) {
          throw new LedgerConflictError(`Key ${JSON.stringify(record.key)} is in the ledger already`);
        }
        return await write(record, 1);
      } catch (error) {
        return failed('written', error);
      }
    },
    async update(record, version) {
      try {
        return await write(record, Number(version) + 1);
      } catch (error) {
        return failed('written', error);
      }
    },
    async *list(options) {
      const records: RunRecord[] = [];
      try {
        const { entries, read } = await inOrder(options?.since);
        const atMost = options?.limit ?? Infinity;
        for (let i = 0; i < entries.length; i += READS_AT_ONCE) {
          // Those of one moment are ordered by their keys, which are in the records.
          if (records.length >= atMost && entries[i]?.lastAt !== entries[i - 1]?.lastAt) break;
          const some = entries.slice(i, i + READS_AT_ONCE);
          const batch = await Promise.all(some.map(async (entry) => read.get(entry.hash) ?? readListed(entry)));
          records.push(...batch.filter((record) => record !== undefined));
        }
      } catch (error) {
        failed('read', error);
      }
      yield* listed(records, options);
    },
  };
}

/** So that a published name survives a power cut. Some file systems refuse it; the file itself is safe by then. */
async function syncFolder(directory: string): Promise<void> {
  const handle = await open(directory, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

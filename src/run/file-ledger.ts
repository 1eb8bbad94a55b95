import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import {
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

const NAMESPACE_FILE = 'ledger.json';
const READS_AT_ONCE = 32;

interface Found {
  readonly path: string;
  readonly version: number;
  /** Files of lower versions that were not cleaned away yet. */
  readonly older: readonly string[];
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
 * is left locked by a process that was killed. Files are 0600, folders 0700.
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
        const shards = await readdir(join(folder, 'runs')).catch((error: unknown) => {
          if (codeOf(error) === 'ENOENT') return [];
          throw error;
        });
        const found: [hash: string, found: Found][] = [];
        for (const shard of shards.filter((name) => /^[0-9a-f]{2}$/.test(name)))
          found.push(...(await latest(join(folder, 'runs', shard))));
        const read = async ([hash, { path }]: [string, Found]) => {
          try {
            return (await readRecord(path)) ?? (await current(hash))?.record;
          } catch (error) {
            if (!(error instanceof LedgerError)) throw error; // the folder itself cannot be read
            onDamaged?.(error);
            return undefined;
          }
        };
        for (let i = 0; i < found.length; i += READS_AT_ONCE) {
          const batch = await Promise.all(found.slice(i, i + READS_AT_ONCE).map(read));
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

import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/index.js';
import type { EmrCluster } from './cluster.js';
import type { EmrNode } from './emr-api.js';

/** What was found, for the next call. */
export interface FoundCluster {
  readonly cluster: EmrCluster;
  readonly primaries: readonly EmrNode[];
}

/** Long enough for a loop of short commands, short enough that tonight's cluster is not taken for yesterday's. */
const LIFE_MS = 180_000;
const VERSION = 1;

/** Found clusters in a folder, one small file each. A file that cannot be read or written is no reason to fail. */
export class ClusterCache {
  readonly #path: string;
  readonly #dir: string;
  readonly #clock: Clock;

  /** @param who everything that decides which cluster a word means: account, region, endpoint, the word itself */
  constructor(dir: string, who: readonly (string | undefined)[], clock: Clock) {
    this.#dir = join(dir, 'emr');
    const name = createHash('sha256').update(JSON.stringify(who)).digest('hex').slice(0, 32);
    this.#path = join(this.#dir, `${name}.json`);
    this.#clock = clock;
  }

  async read(): Promise<FoundCluster | undefined> {
    try {
      const kept = JSON.parse(await readFile(this.#path, 'utf8')) as FoundCluster & { v?: unknown; at?: unknown };
      const age = typeof kept.at === 'number' ? this.#clock.now() - kept.at : Infinity;
      return kept.v === VERSION && age >= 0 && age < LIFE_MS
        ? { cluster: kept.cluster, primaries: kept.primaries }
        : undefined;
    } catch {
      return undefined;
    }
  }

  async write(found: FoundCluster): Promise<void> {
    const draft = `${this.#path}.${randomUUID()}`;
    try {
      await mkdir(this.#dir, { recursive: true, mode: 0o700 });
      await writeFile(draft, JSON.stringify({ v: VERSION, at: this.#clock.now(), ...found }), { mode: 0o600 });
      await rename(draft, this.#path);
    } catch {
      await rm(draft, { force: true }).catch(() => undefined);
    }
  }

  async drop(): Promise<void> {
    await rm(this.#path, { force: true }).catch(() => undefined);
  }
}

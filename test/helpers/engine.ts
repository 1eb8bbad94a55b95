import type { Backend, Clock, Ledger, LedgerEntry, LogSource, RunRecord, RunRef } from '../../src/core/index.js';
import { diagnose } from '../../src/diagnosis/index.js';
import { defaultWaits, Engine, type EngineDeps, fileMarkers, memoryLedger, type Waits } from '../../src/run/index.js';
import { testClock } from '../../src/testing/index.js';

/** What the engine warned of, beside the parts it was made of. */
export interface Rig extends EngineDeps {
  readonly engine: Engine;
  readonly warnings: string[];
}

/** The engine over parts that the test gives. Time is fake. */
export function rig(
  parts: Omit<Partial<EngineDeps>, 'waits'> & {
    readonly backend: Backend & LogSource;
    readonly waits?: Partial<Waits>;
  },
): Rig {
  const warnings: string[] = [];
  const deps: EngineDeps = {
    clock: testClock(),
    ledger: memoryLedger(),
    markers: fileMarkers,
    logs: parts.backend,
    diagnose,
    logger: { debug: () => undefined, info: () => undefined, warn: (message) => void warnings.push(message) },
    identity: { host: 'test', pid: 1 },
    sources: [],
    ...parts,
    waits: { ...defaultWaits, ...parts.waits },
  };
  return { ...deps, engine: new Engine(deps), warnings };
}

export const aName = `livywire-${'0a'.repeat(16)}-a1`;

/** A ref as a submit would have given it. */
export const refFor = (clock: Clock, change: Partial<RunRef> = {}): RunRef => ({
  v: 1,
  key: 'k',
  attempt: 1,
  backend: 'livy',
  endpoint: 'memory://stub',
  name: aName,
  id: '7',
  createdAt: new Date(clock.now()).toISOString(),
  ...change,
});

/** A record of one started attempt, as `ref` names it. */
export const recordFor = (ref: RunRef, change: Partial<RunRecord['attempts'][number]> = {}): RunRecord => ({
  v: 1,
  key: ref.key,
  specHash: 'x',
  spec: { file: 's3://b/j.py' },
  createdAt: ref.createdAt,
  updatedAt: ref.createdAt,
  attempts: [
    {
      attempt: ref.attempt,
      name: ref.name,
      phase: 'started',
      createdAt: ref.createdAt,
      backend: ref.backend,
      endpoint: ref.endpoint,
      posts: [{ at: ref.createdAt }],
      ...change,
    },
  ],
});

export async function entryOf(ledger: Ledger, key: string): Promise<LedgerEntry> {
  const entry = await ledger.get(key);
  if (!entry) throw new Error(`the ledger does not hold ${key}`);
  return entry;
}
/** The newest attempt under a key. */
export const attemptOf = async (ledger: Ledger, key: string) => (await entryOf(ledger, key)).record.attempts.at(-1)!;

/**
 * For the tests of programs that use livywire: a backend in memory with scripted outcomes, and a clock.
 * @module
 */
import type * as Diagnosis from '../diagnosis/index.js';
import type { AppRegistry, Clock, JobSpec, Ledger } from '../core/index.js';
import { defaultWaits, Engine, fileMarkers, memoryLedger, type Runs, type Waits } from '../run/index.js';
import { type TestClock, testClock } from './clock.js';
import { MemoryBackend, type Script } from './memory-backend.js';

export { type TestClock, testClock } from './clock.js';
export { type Fault, MemoryBackend, type Script } from './memory-backend.js';
export { memoryLedger } from '../run/index.js';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** What {@link testLivywire} gives. */
export interface TestLivywire<C extends Clock = TestClock> extends Runs {
  readonly backend: MemoryBackend;
  /** What runs are kept under here. */
  readonly endpoint: string;
  /** Its own {@link testClock}, or the one it was given. */
  readonly clock: C;
  close(): Promise<void>;
}

let diagnosis: Promise<typeof Diagnosis> | undefined;
/** When a run has failed, and once: an import takes real time even of what is there already, and a test's clock would not wait for it. */
const loadDiagnosis = () => (diagnosis ??= import('../diagnosis/index.js'));

/**
 * The whole engine over a backend in memory: no server, no real waiting.
 * @example
 * const lw = testLivywire({ script: () => ({ outcome: 'failed', lines: ['boom'] }) });
 * const run = await lw.submit({ file: 's3://bucket/etl.py' });
 * const outcome = await run.wait(); // at once, though the script says ten seconds
 */
export function testLivywire<C extends Clock = TestClock>(
  options: {
    readonly script?: (spec: JobSpec) => Script;
    readonly clock?: C;
    readonly ledger?: Ledger;
    readonly backend?: MemoryBackend;
    readonly registry?: AppRegistry;
    readonly waits?: Partial<Waits>;
    readonly identity?: { readonly host: string; readonly pid: number; readonly pidStart?: string };
  } = {},
): TestLivywire<C> {
  const clock = (options.clock ?? testClock()) as C;
  const backend = options.backend ?? new MemoryBackend({ clock, ...(options.script && { script: options.script }) });
  const engine = new Engine({
    backend,
    clock,
    diagnose: async (facts) => (await loadDiagnosis()).diagnose(facts),
    logs: backend,
    logger: silent,
    ledger: options.ledger ?? memoryLedger(),
    markers: fileMarkers,
    identity: options.identity ?? { host: 'test', pid: 1 },
    waits: { ...defaultWaits, ...options.waits },
    sources: [],
    ...(options.registry && { registry: options.registry }),
  });
  return {
    backend,
    endpoint: backend.endpoint,
    clock,
    submit: (spec, submitOptions) => engine.submit(spec, submitOptions),
    attach: (ref) => engine.attach(ref),
    find: (run, findOptions) => engine.find(run, findOptions),
    list: (listOptions) => engine.list(listOptions),
    plan: (spec, planOptions) => engine.plan(spec, planOptions),
    close: async () => undefined,
  };
}

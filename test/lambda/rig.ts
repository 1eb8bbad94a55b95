/** A function as Lambda would hold it: handlers over the memory backend, time that takes none, and the lines of its log. */
import type { Ledger } from '../../src/core/index.js';
import type { Messenger } from '../../src/app/index.js';
import type { Environment } from '../../src/lambda/environment.js';
import type { HandlerOptions, LambdaContext } from '../../src/lambda/index.js';
import { loadEvents, loadTell, loadTrouble } from '../../src/lambda/later.js';
import type { OpenServices } from '../../src/lambda/services.js';
import {
  memoryLedger,
  MemoryBackend,
  type Script,
  type TestClock,
  testClock,
  testLivywire,
} from '../../src/testing/index.js';

// What is loaded when a run has failed is loaded here: that takes real time, for which the clock of a test would not wait.
await (await testLivywire({ script: () => ({ outcome: 'failed' }) }).submit({ file: 's3://jobs/etl.py' })).wait();

await Promise.all([loadEvents(), loadTell(), loadTrouble()]);

export const job = { file: 's3://jobs/etl.py', args: ['--day', '2026-11-23'] };

/** What was said to Step Functions and to a bus. */
export interface Said {
  readonly what: 'succeed' | 'fail' | 'beat' | 'publish';
  readonly token?: string;
  readonly body?: unknown;
}

/** Step Functions and a bus: what they were told, and what they answer. */
export interface FakeMessenger extends Messenger {
  readonly said: Said[];
  /** Tokens that nobody waits for. */
  readonly gone: Set<string>;
  /** What the next calls fail with, one each. */
  readonly faults: Error[];
}

export function fakeMessenger(): FakeMessenger {
  const said: Said[] = [];
  const gone = new Set<string>();
  const faults: Error[] = [];
  const take = async (one: Said): Promise<'told' | 'gone'> => {
    const fault = faults.shift();
    if (fault) throw fault;
    said.push(one);
    if (one.token !== undefined && gone.has(one.token)) return 'gone';
    // It completes a task once.
    if (one.token !== undefined && one.what !== 'beat') gone.add(one.token);
    return 'told';
  };
  return {
    said,
    gone,
    faults,
    succeed: (token, body) => take({ what: 'succeed', token, body }),
    fail: (token, body) => take({ what: 'fail', token, body }),
    beat: (token) => take({ what: 'beat', token }),
    publish: async (body) => void (await take({ what: 'publish', body })),
    close: () => undefined,
  };
}

export interface LambdaRig {
  readonly messenger: FakeMessenger;
  readonly options: HandlerOptions;
  readonly open: OpenServices;
  readonly clock: TestClock;
  readonly ledger: Ledger;
  readonly backend: MemoryBackend;
  readonly lines: Readonly<Record<string, unknown>>[];
  /** How often services were opened, and closed. */
  readonly counts: { opened: number; closed: number };
  context(seconds?: number, id?: string): LambdaContext;
  posts(): number;
}

export function lambdaRig({
  script,
  env = {},
  ledger = memoryLedger(),
  auto = true,
  messenger = fakeMessenger(),
}: {
  readonly messenger?: FakeMessenger;
  readonly script?: () => Script;
  readonly env?: Environment;
  readonly ledger?: Ledger;
  /** `false`: time goes on by `clock.advance` only. */
  readonly auto?: boolean;
} = {}): LambdaRig {
  const clock = testClock({ auto });
  const backend = new MemoryBackend({ clock, ...(script && { script }) });
  const lines: Readonly<Record<string, unknown>>[] = [];
  const counts = { opened: 0, closed: 0 };
  const open: OpenServices = async () => {
    counts.opened += 1;
    const runs = testLivywire({ clock, ledger, backend });
    return { runs, ledger, messenger, close: async () => void (counts.closed += 1) };
  };
  return {
    open,
    messenger,
    clock,
    ledger,
    backend,
    lines,
    counts,
    options: {
      clock,
      env,
      write: (line) => void lines.push(JSON.parse(line) as Readonly<Record<string, unknown>>),
      open,
    },
    context: (seconds = 120, id = 'request-1') => {
      const until = clock.now() + seconds * 1_000;
      return {
        awsRequestId: id,
        functionName: 'submit',
        invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:submit',
        memoryLimitInMB: '512',
        getRemainingTimeInMillis: () => until - clock.now(),
      };
    },
    posts: () => backend.requests.filter((request) => request.startsWith('POST')).length,
  };
}

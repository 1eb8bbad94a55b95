/** A function as Lambda would hold it: handlers over the memory backend, time that takes none, and the lines of its log. */
import type { Ledger } from '../../src/core/index.js';
import type { Environment } from '../../src/lambda/environment.js';
import type { HandlerOptions, LambdaContext } from '../../src/lambda/index.js';
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

export const job = { file: 's3://jobs/etl.py', args: ['--day', '2026-11-23'] };

export interface LambdaRig {
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
}: {
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
    return { runs, ledger, close: async () => void (counts.closed += 1) };
  };
  return {
    open,
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

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import type { RunRef } from '../../src/core/index.js';
import type { Waits } from '../../src/run/index.js';

export const steps = [
  'before the claim',
  'after the claim',
  'after the intent',
  'before the request',
  'after the request',
  'before the start is written',
  'after the start is written',
] as const;
export type Step = (typeof steps)[number];

/** What a submitter process is told. */
export interface Order {
  readonly ledger: string;
  readonly server: string;
  readonly key: string;
  readonly marker: string;
  readonly waits: Waits;
  readonly at?: Step;
  /** What it does there. @defaultValue `hang` */
  readonly how?: 'hang' | 'stop';
  readonly host?: string;
  readonly refusesNames?: boolean;
}

/** Short enough for a test over real time; longer than a process is ever paused by a busy machine. */
const shortWaits: Waits = {
  postTimeoutMs: 500,
  settleMs: 500,
  leaseMs: 2_000,
  lostAfterMs: 1_000,
  markerGraceMs: 1_000,
  outageMs: 10_000,
};

export interface Submitter {
  readonly child: ChildProcess;
  /** Resolves when the process has come to its step. */
  reached(): Promise<void>;
  /** Resolves when the process is stopped by SIGSTOP. */
  stopped(): Promise<void>;
  resume(): void;
  kill(): Promise<void>;
  /** What it submitted. */
  result(): Promise<{ readonly how: string; readonly ref: RunRef }>;
}

/** A folder for ledger and server, and processes that submit there. All are ended with the test. */
export async function submitters(t: ExecutionContext): Promise<{
  readonly ledger: string;
  readonly server: string;
  readonly spawn: (order?: Partial<Order>) => Submitter;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'livywire-submit-'));
  const children: ChildProcess[] = [];
  t.teardown(async () => {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const [ledger, server] = [join(folder, 'ledger'), join(folder, 'server')];
  let number = 0;
  return {
    ledger,
    server,
    spawn(order = {}) {
      const marker = join(folder, `marker-${number++}`);
      const whole: Order = { ledger, server, key: 'k', marker, waits: shortWaits, ...order };
      const script = fileURLToPath(new URL('./submitter.ts', import.meta.url));
      const child = spawn(process.execPath, ['--import=tsx', script, JSON.stringify(whole)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      const ended = once(child, 'close');
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
      const until = async (what: string, is: () => boolean): Promise<void> => {
        while (!is()) {
          if (child.exitCode !== null) throw new Error(`the process ended before it was ${what}: ${said}`);
          await sleep(10);
        }
      };
      return {
        child,
        reached: () => until('there', () => existsSync(marker)),
        stopped: () => until('stopped', () => stateOf(child.pid) === 'T'),
        resume: () => void child.kill('SIGCONT'),
        async kill() {
          child.kill('SIGKILL');
          await ended;
        },
        async result() {
          const [code] = (await ended) as [number | null];
          if (code !== 0) throw new Error(`the process ended with ${code}`);
          return JSON.parse(said) as { how: string; ref: RunRef };
        },
      };
    },
  };
}

function stateOf(pid: number | undefined): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
}

import { type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Result } from './runner.js';

/** A spark-submit under way, and what it has said so far. */
export interface Submitted {
  readonly child: ChildProcess;
  readonly out: () => Omit<Result, 'yarn' | 'finalStatus'>;
  readonly seen: (text: string) => Promise<void>;
  readonly app: () => Promise<string>;
}

export function watch(child: ChildProcess): Submitted {
  const chunks: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  child.stdout?.on('data', (chunk: Buffer) => chunks.stdout.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.stderr.push(chunk));
  const text = (stream: 'stdout' | 'stderr'): string => Buffer.concat(chunks[stream]).toString('utf8');
  const found = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const hit = pattern.exec(text('stdout')) ?? pattern.exec(text('stderr'));
      if (hit) return hit[0];
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`ended before it said ${pattern.source}`);
      await sleep(200);
    }
  };
  return {
    child,
    out: () => ({
      stdout: text('stdout'),
      stderr: text('stderr'),
      exitCode: child.exitCode ?? (child.signalCode === 'SIGKILL' ? 137 : child.signalCode === 'SIGTERM' ? 143 : 130),
      ...(/Running Spark version (\S+)/.exec(text('stderr'))?.[1] !== undefined && {
        version: /Running Spark version (\S+)/.exec(text('stderr'))?.[1] ?? '',
      }),
    }),
    seen: async (pattern) => void (await found(new RegExp(pattern))),
    app: () => found(/application_\d+_\d+/),
  };
}

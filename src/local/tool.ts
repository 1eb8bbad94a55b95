import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { LocalError } from './errors.js';

/** Looks a program up on the PATH. */
export async function onPath(program: string): Promise<string | undefined> {
  for (const dir of (process.env.PATH ?? '').split(delimiter)) {
    if (dir === '') continue;
    const file = join(dir, program);
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile() !== true) continue;
    const runs = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return file;
  }
  return undefined;
}

export interface ToolOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program to its end and gives its stdout.
 * @throws LocalError with the end of its output when it fails; `signal.reason` when it was stopped
 */
export async function runTool(program: string, args: readonly string[], options: ToolOptions = {}): Promise<string> {
  const { cwd, env, onLine, signal } = options;
  signal?.throwIfAborted();
  const child: ChildProcess = spawn(program, args, {
    ...(cwd !== undefined && { cwd }),
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own: pip and mvn start helpers that must go with them
  });
  const out: string[] = [];
  const tail: string[] = [];
  const take = (line: string, to?: string[]): void => {
    to?.push(line);
    if (tail.push(line) > 15) tail.shift();
    onLine?.(line);
  };
  if (child.stdout) createInterface(child.stdout).on('line', (line) => take(line, out));
  if (child.stderr) createInterface(child.stderr).on('line', (line) => take(line));
  const stop = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      child.kill('SIGTERM'); // its group is gone already
    }
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    }).catch((error: unknown) => {
      throw new LocalError(`${program} could not be started`, { cause: error });
    });
    signal?.throwIfAborted();
    if (code !== 0) throw new LocalError(`${program} failed (exit code ${code ?? 'none'})`, { tail });
    return out.join('\n');
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

const stagingPrefix = '.part-';

/** A fresh folder beside `target`, on the same file system, so that a rename puts it in place whole. */
export const stagingBeside = (dir: string, label: string): Promise<string> =>
  mkdtemp(join(dir, `${stagingPrefix}${label}-`));

/** Removes every such folder. */
export async function clearStaging(dir: string): Promise<void> {
  const entries = await readdir(dir).catch(() => []);
  const parts = entries.filter((entry) => entry.startsWith(stagingPrefix));
  await Promise.all(parts.map((entry) => rm(join(dir, entry), { recursive: true, force: true })));
}

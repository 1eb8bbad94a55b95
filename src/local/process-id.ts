import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import process from 'node:process';
import { promisify } from 'node:util';
import { systemClock } from '../core/index.js';
import type { ProcessId } from './model.js';

const run = promisify(execFile);
const onLinux = process.platform === 'linux';

/**
 * Set in the environment of every server we start to the instance's token. Whatever they start inherits it,
 * also the processes that leave our group (PySpark's worker daemon, YARN's containers), so that stopping an
 * instance finds all of it and nothing else.
 */
export const MARK = 'LIVYWIRE_LOCAL';

let bootId: string | undefined;
async function currentBoot(): Promise<string> {
  bootId ??= (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).slice(0, 8);
  return bootId;
}

/** The start time out of `/proc/<pid>/stat`, in clock ticks since boot; a zombie counts as gone. */
export function startTicks(stat: string): string | undefined {
  // The second field is the program's name in brackets, which may itself hold brackets and spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  return state === undefined || state === 'Z' || state === 'X' ? undefined : fields[19];
}

async function startOf(pid: number): Promise<string | undefined> {
  if (onLinux) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    const ticks = stat === undefined ? undefined : startTicks(stat);
    // The boot is part of it: after a reboot the same number can come at the same tick.
    return ticks === undefined ? undefined : `${await currentBoot()}:${ticks}`;
  }
  const answer = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]).catch(() => undefined);
  const line = answer?.stdout.trim() ?? '';
  return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
}

/** Names a process that lives now; `undefined` when there is none of that number. */
export async function identify(pid: number): Promise<ProcessId | undefined> {
  const started = await startOf(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether this very process still lives, and not another one under its number. */
export const isAlive = async (id: ProcessId): Promise<boolean> => (await startOf(id.pid)) === id.started;

/** Signals this very process. @returns whether it was there to be signalled */
export async function signalProcess(id: ProcessId, signal: NodeJS.Signals): Promise<boolean> {
  if (!(await isAlive(id))) return false;
  try {
    process.kill(id.pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Every process that carries the instance's token in its environment. */
export async function markedProcesses(token: string): Promise<ProcessId[]> {
  const wanted = `${MARK}=${token}`;
  const pids: number[] = [];
  if (onLinux) {
    for (const entry of await readdir('/proc')) {
      if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue;
      // Other people's processes cannot be read, and are not ours.
      const environ = await readFile(`/proc/${entry}/environ`, 'latin1').catch(() => '');
      if (environ.split('\0').includes(wanted)) pids.push(Number(entry));
    }
  } else {
    const { stdout } = await run('ps', ['-A', '-E', '-ww', '-o', 'pid=,command='], { maxBuffer: 1 << 26 });
    for (const line of stdout.split('\n')) {
      const pid = Number.parseInt(line, 10);
      if (pid !== process.pid && line.split(' ').includes(wanted)) pids.push(pid);
    }
  }
  const found = await Promise.all(pids.map(identify));
  return found.filter((id) => id !== undefined);
}

/** Waits until these processes are gone. @returns those that are still there after `timeoutMs` */
export async function waitGone(ids: readonly ProcessId[], timeoutMs: number): Promise<ProcessId[]> {
  const end = systemClock.now() + timeoutMs;
  for (let left = [...ids]; ;) {
    const alive = await Promise.all(left.map(isAlive));
    left = left.filter((_, index) => alive[index]);
    if (left.length === 0 || systemClock.now() >= end) return left;
    await systemClock.sleep(50);
  }
}

/**
 * Stops everything that carries the token: asks, waits `graceMs`, then kills.
 * @returns what could not be stopped, which should be nothing
 */
export async function stopMarked(token: string, graceMs: number): Promise<ProcessId[]> {
  const first = await markedProcesses(token);
  await Promise.all(first.map((id) => signalProcess(id, 'SIGTERM')));
  await waitGone(first, graceMs);
  // Again from a fresh list: what was asked to stop may have started something meanwhile.
  for (let round = 0; round < 5; round++) {
    const left = await markedProcesses(token);
    if (left.length === 0) return [];
    await Promise.all(left.map((id) => signalProcess(id, 'SIGKILL')));
    await waitGone(left, 2_000);
  }
  return markedProcesses(token);
}

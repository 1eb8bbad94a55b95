import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';
import type { Claim } from '../core/index.js';

/** Who this process is, for claims. */
export interface Identity {
  readonly host: string;
  readonly pid: number;
  readonly pidStart?: string;
}

/** Start time in clock ticks since boot, and the boot: together they never come twice. `undefined` where there is no /proc. */
function pidStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name may hold spaces and brackets; the fields after its last bracket do not. Field 22 is starttime, 3 is state.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${fields[19] ?? ''}@${boot}`;
  } catch {
    return undefined;
  }
}

export function currentIdentity(): Identity {
  const start = pidStart(process.pid);
  return { host: hostname(), pid: process.pid, ...(start !== undefined && { pidStart: start }) };
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it is there, it is not ours
  }
}

/** Whether the owner of a claim is certainly gone. Only its own host can tell. */
export function ownerIsDead(claim: Claim, us: Identity): boolean {
  if (claim.host !== us.host) return false;
  if (claim.pidStart === undefined) return !exists(claim.pid);
  const seen = pidStart(claim.pid);
  // No /proc entry: gone. Another start time: the pid was given to somebody else.
  return seen === undefined ? us.pidStart !== undefined || !exists(claim.pid) : seen !== claim.pidStart;
}

export const newOwner = (): string => randomUUID();

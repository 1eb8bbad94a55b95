import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';
import type { Claim } from '../core/index.js';

/** Who this process is, for claims. */
export interface Identity {
  /** Where processes of one name see each other. Lambda's hostnames repeat: name the execution environment there. */
  readonly host: string;
  readonly pid: number;
  /** `<ticks>@<realm>`: see {@link currentIdentity}. */
  readonly pidStart?: string;
}

/** Start time in clock ticks since boot. `undefined` where the process is gone, or there is no /proc. */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name may hold spaces and brackets; the fields after its last bracket do not. Field 22 is starttime, 3 is state.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Where a pid means something: this boot of this kernel, and this container's own numbering. */
function realm(): string | undefined {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

/** Execution environments of Lambda share names, boots and process ids, for they are copies of one image; each has a log stream of its own. */
const host = (): string => process.env.AWS_LAMBDA_LOG_STREAM_NAME ?? hostname();

/** This process. Its start and the realm in which its pid counts together never come twice. */
export function currentIdentity(): Identity {
  const [start, where] = [startTicks(process.pid), realm()];
  const known = start !== undefined && where !== undefined;
  return { host: host(), pid: process.pid, ...(known && { pidStart: `${start}@${where}` }) };
}

const realmOf = (pidStart: string): string => pidStart.slice(pidStart.indexOf('@') + 1);

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it is there, it is not ours
  }
}

/**
 * Whether the owner of a claim is certainly gone. Only its own host can tell, and only for pids of the realm it
 * sees: two containers, or two machines, may bear one hostname, and a pid of one means nothing in the other.
 */
export function ownerIsDead(claim: Claim, us: Identity): boolean {
  if (claim.host !== us.host) return false;
  if (claim.pidStart === undefined && us.pidStart === undefined) return !exists(claim.pid);
  if (claim.pidStart === undefined || us.pidStart === undefined) return false;
  if (realmOf(claim.pidStart) !== realmOf(us.pidStart)) return false;
  const seen = startTicks(claim.pid);
  // No entry: gone. Another start time: the pid was given to somebody else.
  return seen === undefined || `${seen}@${realmOf(us.pidStart)}` !== claim.pidStart;
}

// Not the pid: worker threads share it, and so may two copies of this module in one process.
const thisInstance = randomUUID();

export const newOwner = (): string => `${thisInstance}/${randomUUID()}`;

/** Whether an owner's name was given out by this very instance of the engine's code. */
export const isOwnerOfOurs = (owner: string): boolean => owner.startsWith(`${thisInstance}/`);

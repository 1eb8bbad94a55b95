import type { RunWaiting, WaitCause } from '../core/index.js';
import type { Queue } from './scheduler.js';

/** Of one container or of one node. */
export interface Size {
  readonly memoryMb: number;
}

/** What the ResourceManager told of an application that waits. */
export interface WaitFacts {
  /** `ACCEPTED`, or `RUNNING` where only its master runs. */
  readonly raw: string;
  readonly diagnostics: string;
  /** Its master has been given a container, and comes up: nothing is missing. */
  readonly isStarting: boolean;
  readonly waitedMs?: number;
  /** What it asks for: of several sizes the largest. */
  readonly wants?: Size;
  readonly queue?: Queue;
  readonly queueName: string;
  readonly ahead?: number;
  readonly largest?: { readonly appId: string; readonly name: string; readonly percent: number };
  /** What the largest node has, and the most that is free on one; `undefined` where nodes are not shown. */
  readonly nodes?: { readonly count: number; readonly largest: Size; readonly freest: Size };
}

/** A queue is hardly ever full to the last megabyte. */
const FULL_PERCENT = 95;

// By memory alone: so do the schedulers by default, and cores that they do not count must not be said to be missing. (Seen:
// a capacity scheduler that had given out three of one core.)
const fits = (wanted: Size, room: Size): boolean => wanted.memoryMb <= room.memoryMb;

function waitCauses(facts: WaitFacts): WaitCause[] {
  const { diagnostics, wants, queue, ahead = 0, nodes } = facts;
  const causes: WaitCause[] = [];
  if (facts.isStarting) return causes;
  if (nodes?.count === 0) causes.push('NO_NODES');
  if (isTooLarge(facts)) causes.push('TOO_LARGE');
  // The capacity scheduler's only; the fair one leaves its queues open.
  if (queue?.state !== undefined && queue.state !== 'RUNNING') causes.push('QUEUE_STOPPED');
  // The capacity scheduler's words, and the fair one's.
  if (/queue'?s? am resource limit|exceeds maximum AM resource allowed/i.test(diagnostics)) causes.push('AM_LIMIT');
  if (/user'?s? am resource limit exceeded/i.test(diagnostics)) causes.push('USER_LIMIT');
  if ((queue?.usedPercent ?? 0) >= FULL_PERCENT) causes.push('QUEUE_FULL');
  else if (wants && nodes && nodes.count > 0 && !causes.includes('TOO_LARGE') && !fits(wants, nodes.freest)) {
    causes.push('CLUSTER_FULL');
  }
  if (ahead > 0) causes.push('BEHIND_OTHERS');
  return causes;
}

const isTooLarge = ({ wants, nodes }: WaitFacts): boolean =>
  wants !== undefined && nodes !== undefined && nodes.count > 0 && !fits(wants, nodes.largest);

/** The explanation, and its one line. */
export function waitingOf(facts: WaitFacts): RunWaiting {
  const { raw, diagnostics, waitedMs, queue, queueName, ahead, largest } = facts;
  const causes = waitCauses(facts);
  const never = neverWords(facts);
  const shown = {
    name: queue?.name ?? queueName,
    ...(queue?.usedPercent !== undefined && { usedPercent: queue.usedPercent }),
    ...(ahead !== undefined && { ahead }),
    ...(largest && { largest }),
  };
  return {
    raw,
    summary: summary(facts, causes, never),
    causes,
    ...(waitedMs !== undefined && { waitedMs }),
    ...(shown.name !== '' && { queue: shown }),
    ...(never !== undefined && { never }),
    ...(diagnostics !== '' && { diagnostics }),
  };
}

function summary(facts: WaitFacts, causes: readonly WaitCause[], never: string | undefined): string {
  const { raw, waitedMs, queue, queueName, ahead = 0, largest, wants } = facts;
  if (facts.isStarting)
    return [waitedMs === undefined ? raw : `${raw} ${span(waitedMs)}`, 'the driver is starting'].join(' · ');
  const state = raw === 'RUNNING' ? 'the driver waits for executors' : raw;
  const used = queue?.usedPercent;
  const name = leafOf(queue?.name ?? queueName);
  const isFor = (cause: WaitCause, words: string): string[] => (causes.includes(cause) ? [words] : []);
  return [
    waitedMs === undefined || raw === 'RUNNING' ? state : `${state} ${span(waitedMs)}`,
    ...(never === undefined ? [] : [never]),
    ...isFor('NO_NODES', 'the cluster has no nodes'),
    ...isFor('QUEUE_STOPPED', `queue ${name} is ${queue?.state ?? 'stopped'}`),
    ...(name === '' ? [] : [`queue ${name}${used === undefined ? '' : ` ${used} % used`}`]),
    ...(ahead > 0 ? [`${ahead} ahead`] : []),
    ...isFor('AM_LIMIT', 'AM limit reached'),
    ...isFor('USER_LIMIT', "the user's limit reached"),
    ...(causes.includes('CLUSTER_FULL') && wants ? [`no node has ${size(wants)} free`] : []),
    ...(isAlone(facts, causes) ? ['nobody else runs in it: no room is left beside the driver itself'] : []),
    ...(largest ? [`largest: ${largest.name} ${largest.percent} %`] : []),
  ].join(' · ');
}

/** The only application that has anything, and still there is no room. */
const isAlone = ({ raw, ahead, largest }: WaitFacts, causes: readonly WaitCause[]): boolean =>
  raw === 'RUNNING' && ahead === 0 && !largest && (causes.includes('QUEUE_FULL') || causes.includes('CLUSTER_FULL'));

function neverWords(facts: WaitFacts): string | undefined {
  const { wants, nodes, raw } = facts;
  if (!isTooLarge(facts) || !wants || !nodes) return undefined;
  const [what, how] =
    raw === 'RUNNING'
      ? ['each executor', 'ask for less (executor memory and its overhead)']
      : ['the driver', 'ask for less (driver memory and its overhead)'];
  return `${what} asks for ${size(wants)}, and the largest node has ${size(nodes.largest)}: no node of now can start it; ${how}`;
}

const leafOf = (path: string): string => path.replace(/^root\./, '');

const size = ({ memoryMb }: Size): string =>
  memoryMb >= 1_024 ? `${Math.round((memoryMb / 1_024) * 10) / 10} GB` : `${memoryMb} MB`;

/** `34s`, `12m`, `3h 5m`: a line that people glance at. */
function span(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}m` : `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

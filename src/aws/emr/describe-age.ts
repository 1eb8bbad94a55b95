import type { Clock } from '../../core/index.js';
import type { ClusterLine } from './cluster.js';

/** `3 h`, `12 min`: one part, for people who choose between clusters. */
export function ageWords(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1_440)} days`;
}

/** `nightly (j-3KVTXXXXXX7UG, WAITING, 3 h old)` */
export function inWords({ id, name, state, createdAt }: ClusterLine, clock: Clock): string {
  const age = createdAt === undefined ? '' : `, ${ageWords(clock.now() - Date.parse(createdAt))} old`;
  return name === '' ? `${id} (${state}${age})` : `${name} (${id}, ${state}${age})`;
}

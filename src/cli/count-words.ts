import type { RunProgress } from '../core/index.js';

/** The counts once it is over, in a line: `6 stages, 88 tasks, 2 stages skipped, shuffle 9.3 kB`. */
export function countWords({ stages, tasks, bytes = {}, complete = false }: RunProgress): string {
  const { shuffleWrite = 0, spilled = 0 } = bytes;
  return [
    `${stages.done} ${stages.done === 1 ? 'stage' : 'stages'}${stages.failed > 0 ? ` (${stages.failed} failed)` : ''}`,
    `${tasks.done} ${tasks.done === 1 ? 'task' : 'tasks'}${tasks.failed > 0 ? ` (${tasks.failed} tries failed)` : ''}`,
    ...(stages.skipped === undefined ? [] : [`${stages.skipped} skipped`]),
    ...(shuffleWrite > 0 ? [`${sizeWords(shuffleWrite)} shuffled`] : []),
    ...(spilled > 0 ? [`${sizeWords(spilled)} spilled to disk`] : []),
    ...(complete ? [] : ['as last seen']),
  ].join(', ');
}

/** `0 B`, `9.3 kB`, `12 MB`. */
export function sizeWords(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let size = bytes;
  let unit = 0;
  for (; size >= 1_000 && unit < units.length - 1; unit++) size /= 1_000;
  return `${size < 10 && unit > 0 ? size.toFixed(1) : Math.round(size)} ${units[unit] ?? ''}`;
}

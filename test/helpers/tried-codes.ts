import { join } from 'node:path';
import { codes } from '../../src/diagnosis/index.js';
import { readRecorded, recordedIn } from './recorded-failures.js';

const tests = new URL('..', import.meta.url).pathname;
const OF_CLUSTER = /-cluster$/;

/** Of each code how many recorded runs stand behind it, and where there is none, why. Rows of a table of docs/diagnosis.md. */
export function triedTable(): readonly string[] {
  const failures = named('fixtures/failures');
  const heldOut = named('held-out');
  const rows = codes.map(({ code, unproven }) => {
    const of = (runs: typeof failures) => runs.filter((one) => one.code === code);
    const cluster = of(failures).filter(({ name }) => OF_CLUSTER.test(name)).length;
    const counts = [cluster, of(failures).length - cluster, of(heldOut).length];
    const why = counts.every((count) => count === 0) ? (unproven ?? '?') : '';
    return `| \`${code}\` | ${counts.join(' | ')} | ${why} |`;
  });
  return [
    '| code | on YARN, in cluster mode | in local mode | held out | if none: what stands behind it |',
    '|---|---:|---:|---:|---|',
    ...rows,
  ];
}

const named = (folder: string) => {
  const set = join(tests, folder);
  return recordedIn(set).map((name) => readRecorded(set, name));
};

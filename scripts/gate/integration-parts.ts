/** The integration tests in parts that take about as long, to be run side by side: they wait more than they work. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './project.js';

/** Seconds that a file took on two cores, with the others beside it. What is not named is quick. */
const SECONDS: Readonly<Record<string, number>> = {
  'driver-log': 200,
  'emr-cluster': 185,
  'emr-steps': 43,
  'failing-jobs': 103,
  jobs: 70,
  lambda: 110,
  'livy-client': 11,
  'livy-forgets': 76,
  'livy-traps': 15,
  local: 70,
  'local-aws': 78,
  'local-yarn': 105,
  'progress-local': 37,
  'report-page': 13,
  's3-ledger-faults': 15,
  's3-runs': 10,
  'spark-runs': 14,
  staging: 54,
  'staging-pip': 23,
  watch: 120,
  workflow: 85,
  'workflow-pipeline': 120,
  'yarn-failover': 48,
  'yarn-runs': 105,
};
const QUICK = 5;

/** Paths of the files of each part. @param busy seconds for which a part begins later than the others, one for each part */
export function integrationParts(busy: readonly number[]): readonly (readonly string[])[] {
  const folder = 'test/integration';
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith('.test.ts'));
  const secondsOf = (file: string): number => SECONDS[file.slice(0, -'.test.ts'.length)] ?? QUICK;
  const parts = busy.map((seconds) => ({ seconds, files: [] as string[] }));
  // The longest first, each to the part that is done first.
  for (const file of files.sort((a, b) => secondsOf(b) - secondsOf(a) || (a < b ? -1 : 1))) {
    const part = parts.reduce((least, one) => (one.seconds < least.seconds ? one : least));
    part.files.push(`${folder}/${file}`);
    part.seconds += secondsOf(file);
  }
  return parts.map((part) => part.files);
}

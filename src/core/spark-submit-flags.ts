import type { JobSpec } from './model.js';

/** The fields of a job that are lists of paths. */
export const pathLists = ['jars', 'pyFiles', 'files', 'archives'] as const;
export type PathList = (typeof pathLists)[number];

/** The fields of a job for which spark-submit has flags, in the order in which livywire writes them. */
export const sparkSubmitFlags = {
  className: '--class',
  jars: '--jars',
  pyFiles: '--py-files',
  files: '--files',
  archives: '--archives',
  driverMemory: '--driver-memory',
  driverCores: '--driver-cores',
  executorMemory: '--executor-memory',
  executorCores: '--executor-cores',
  numExecutors: '--num-executors',
  queue: '--queue',
  proxyUser: '--proxy-user',
} as const satisfies Partial<Record<keyof JobSpec, string>>;

type Flagged = keyof typeof sparkSubmitFlags;

/** `--class org.example.Etl --jars a,b …`, word by word: the fields that are given. A list without paths is as good as none. */
export function sparkSubmitWords(job: {
  readonly [F in Flagged]?: string | number | readonly (string | number | boolean)[] | undefined;
}): string[] {
  return Object.entries(sparkSubmitFlags).flatMap(([field, flag]) => {
    const value = job[field as Flagged];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return [];
    // A list becomes its paths with commas between.
    return [flag, String(value)];
  });
}

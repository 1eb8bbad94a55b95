import * as z from 'zod';
import { list, text, whole } from './kind.js';

/** The fields of a job spec: those of Livy's POST /batches. */
export const sparkJob = {
  file: text,
  className: text.optional(),
  args: list.optional(),
  jars: list.optional(),
  pyFiles: list.optional(),
  files: list.optional(),
  archives: list.optional(),
  driverMemory: text.optional(),
  driverCores: whole(1).optional(),
  executorMemory: text.optional(),
  executorCores: whole(1).optional(),
  numExecutors: whole(0).optional(),
  queue: text.optional(),
  name: text.optional(),
  proxyUser: text.optional(),
  conf: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]), { error: 'settings of Spark: texts, numbers' })
    .optional(),
} as const;

type SparkJob = z.output<z.ZodObject<typeof sparkJob>>;

/** Flags of spark-submit, in the order in which livywire's own EMR backend writes them. */
const flags = {
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
} as const satisfies Partial<Record<keyof SparkJob, string>>;

type Complain = (field: string, message: string) => void;

/** The flags that a job's fields become, words of a line. */
export function sparkFlags(job: SparkJob, problem: Complain): string[] {
  const named = Object.entries(flags).flatMap(([field, word]) => {
    const value = job[field as keyof typeof flags];
    if (value === undefined) return [];
    if (Array.isArray(value)) return value.length === 0 ? [] : [word, value.join(',')];
    if (typeof value === 'string' && ['jars', 'pyFiles', 'files', 'archives'].includes(field))
      problem(`job.${field}`, 'cannot be a reference to a list here: write the list, with references in it');
    return [word, String(value)];
  });
  const conf = Object.entries(job.conf ?? {}).flatMap(([name, value]) => ['--conf', `${name}=${String(value)}`]);
  return [...named, ...conf];
}

/** One text, as EMR Serverless takes them; what holds a blank is quoted. */
export const sparkParameters = (job: SparkJob, problem: Complain): string =>
  sparkFlags(job, problem)
    .map((word) => (/[\s"']/.test(word) ? `"${word.replaceAll(/["\\]/g, '\\$&')}"` : word))
    .join(' ');

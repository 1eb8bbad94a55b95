import * as z from 'zod';
import { pathLists, sparkSubmitWords } from '../../../core/index.js';
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

type Complain = (field: string, message: string) => void;

/** The flags that a job's fields become, words of a line. */
export function sparkFlags(job: SparkJob, problem: Complain): string[] {
  for (const field of pathLists) {
    if (typeof job[field] === 'string')
      problem(`job.${field}`, 'cannot be a reference to a list here: write the list, with references in it');
  }
  const conf = Object.entries(job.conf ?? {}).flatMap(([name, value]) => ['--conf', `${name}=${String(value)}`]);
  return [...sparkSubmitWords(job), ...conf];
}

/** One text, as EMR Serverless takes them; what holds a blank is quoted. */
export const sparkParameters = (job: SparkJob, problem: Complain): string =>
  sparkFlags(job, problem)
    .map((word) => (/[\s"']/.test(word) ? `"${word.replaceAll(/["\\]/g, '\\$&')}"` : word))
    .join(' ');

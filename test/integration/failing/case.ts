import type { JobSpec } from '../../../src/index.js';

/** `cluster`: through Livy on YARN, driver and executors in containers. `local`: one spark-submit with `local[2]`. */
export type CaseMode = 'cluster' | 'local';

/** One real failure, or a success that looks like one: a job, how it is run, what must be said of it. */
export interface FailingCase {
  /** Also the name of its fixtures: `test/fixtures/failures/<Spark minor>/<name>-<mode>`. */
  readonly name: string;
  /** The code that a diagnosis must have; `null` where the run succeeds and nothing may be said. */
  readonly code: string | null;
  /** How it ends. `refused`: Livy takes it not, nothing is started. @defaultValue `failed`, and `succeeded` without a code */
  readonly kind?: 'failed' | 'cancelled' | 'refused' | 'succeeded';
  /** A file of `jobs/failing`. */
  readonly job: string;
  readonly args?: readonly string[];
  readonly conf?: Readonly<Record<string, string>>;
  /** What else the job spec holds; a `file` here is sent as it stands. */
  readonly spec?: Partial<JobSpec>;
  readonly modes: readonly CaseMode[];
  /** In local mode. @defaultValue `local[2]`, where a task is tried once */
  readonly master?: string;
  /** What happens from outside while it runs. `kill`: `yarn application -kill`. `occupy`: another job sits in its queue before it comes. */
  readonly meanwhile?: 'kill' | 'occupy' | 'preempt';
  /** What a machine must have for it beside Spark, named in `conf` as `{otherPython}`, `{python}`, `{s3}` and `{s3Jars}`. */
  readonly needs?: 'otherPython' | 's3';
  /** Runs in every `npm test`: the cases between them fail in each place that a reason is read from. */
  readonly everyTime?: true;
}

export const kindOf = ({ kind, code }: FailingCase): NonNullable<FailingCase['kind']> =>
  kind ?? (code === null ? 'succeeded' : 'failed');

/** What stands for a `{name}` in a conf. */
export type Means = Readonly<Partial<Record<'python' | 'otherPython' | 's3' | 's3Jars', string>>>;

/** The conf of a case on this machine: a failure is not tried again unless the case is about just that. */
export function confOf({ name, conf }: FailingCase, means: Means): Record<string, string> {
  const filled = Object.entries(conf ?? {}).map(([key, value]) => [
    key,
    value.replace(/^\{(\w+)\}/, (_, need: keyof Means) => {
      const found = means[need];
      if (found === undefined) throw new Error(`${name} needs ${need}`);
      return found;
    }),
  ]);
  return { 'spark.yarn.maxAppAttempts': '1', ...(Object.fromEntries(filled) as Record<string, string>) };
}

/** The same job in several ways: one case per word that it takes as its argument. */
export function ways(
  base: Omit<FailingCase, 'name' | 'args'>,
  prefix: string,
  words: readonly string[],
  everyTime?: string,
): FailingCase[] {
  return words.map((word) => ({
    ...base,
    name: `${prefix}-${word.replaceAll('_', '-')}`,
    args: [word],
    ...(word === everyTime && { everyTime: true }),
  }));
}

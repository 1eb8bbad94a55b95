import { type AttemptPlan, ConfigError, type JobSpec, sparkSubmitWords } from '../../core/index.js';
import { checkForSparkSubmit, confOf } from '../steps/spark-flags.js';
import { LONGEST } from '../steps/step-arguments.js';

/** What Spark's own settings say in place of flags that EMR Serverless does not have. */
const AS_CONF = [
  ['driverMemory', 'spark.driver.memory'],
  ['driverCores', 'spark.driver.cores'],
  ['executorMemory', 'spark.executor.memory'],
  ['executorCores', 'spark.executor.cores'],
  ['numExecutors', 'spark.executor.instances'],
] as const;

/** A job as EMR Serverless takes it: entry point, arguments, and one line of parameters. */
export function jobDriver(plan: AttemptPlan) {
  const { spec } = plan;
  const { className, jars, pyFiles, files, archives } = spec;
  const sizes = AS_CONF.flatMap(([field, key]) =>
    spec[field] === undefined ? [] : [[key, String(spec[field])] as const],
  );
  const conf: Readonly<Record<string, string>> = { ...confOf(plan), ...Object.fromEntries<string>(sizes) };
  const words = [
    ...sparkSubmitWords({ className, jars, pyFiles, files, archives }),
    ...Object.entries(conf).flatMap(([key, value]) => ['--conf', `${key}=${value}`]),
  ];
  return {
    sparkSubmit: {
      entryPoint: spec.file,
      ...(spec.args && { entryPointArguments: [...spec.args] }),
      sparkSubmitParameters: words.map(quoted).join(' '),
    },
  };
}

/** The line is split at spaces, outside of quotes. */
const quoted = (word: string): string => (/[\s"']/.test(word) ? `"${word.replaceAll('"', '\\"')}"` : word);

/** As its API takes them: arguments, and characters of the line of parameters. */
const MOST_ARGS = 1_024;
const MOST_PARAMETERS = 102_400;

const wrong = (field: string, what: string): ConfigError => new ConfigError(`${field} ${what}`, { field });

/** What EMR Serverless has no way to say. @throws ConfigError naming the field */
export function checkForServerless(spec: JobSpec): void {
  checkForSparkSubmit(spec);
  const { args = [] } = spec;
  if (args.length > MOST_ARGS)
    throw wrong('args', `holds ${args.length} arguments, and EMR Serverless takes ${MOST_ARGS}`);
  for (const [i, arg] of args.entries()) {
    if (arg.trim() === '') throw wrong(`args[${i}]`, 'is blank, and EMR Serverless takes no blank argument');
  }
  const { length } = jobDriver({ ...LONGEST, spec }).sparkSubmit.sparkSubmitParameters;
  if (length > MOST_PARAMETERS) {
    const what = `and the lists of paths have ${length} characters together, and EMR Serverless takes ${MOST_PARAMETERS}`;
    throw wrong('conf', what);
  }
  for (const field of ['queue', 'proxyUser'] as const) {
    if (spec[field] !== undefined)
      throw new ConfigError(`${field} is YARN's, and EMR Serverless has no YARN; leave it out`, { field });
  }
}

import { type AttemptPlan, ConfigError, type JobSpec, sparkSubmitWords } from '../../core/index.js';
import { checkForSparkSubmit, confOf } from './spark-flags.js';

/** Runs a program of the primary node; part of every EMR release. */
export const JAR = 'command-runner.jar';
/** All strings of a step's HadoopJarStep together may be so long. */
const MOST_CHARACTERS = 10_240;
/** A step ends with its spark-submit: one that does not wait would be COMPLETED with its application just begun. */
const WAITS = 'spark.yarn.submit.waitAppCompletion';

/** The longest name and tags that any attempt has. */
export const LONGEST: Omit<AttemptPlan, 'spec'> = {
  name: `livywire-${'0'.repeat(32)}-a9999`,
  tags: [`livywire-${'0'.repeat(32)}-a9999`, `livywire-spec-${'0'.repeat(64)}`],
};

/** The line that command-runner runs: `spark-submit --deploy-mode cluster …`, with every field of the job. */
export function stepArguments(plan: AttemptPlan): readonly string[] {
  const { spec } = plan;
  const conf = { ...confOf(plan), [WAITS]: 'true' };
  return [
    'spark-submit',
    ...['--master', 'yarn', '--deploy-mode', 'cluster', '--name', plan.name],
    ...sparkSubmitWords(spec),
    ...Object.entries(conf).flatMap(([key, value]) => ['--conf', `${key}=${value}`]),
    spec.file,
    ...(spec.args ?? []),
  ];
}

const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0);

/** What a step cannot say. @throws ConfigError naming the field */
export function checkStep(spec: JobSpec): void {
  checkForSparkSubmit(spec);
  if (String(spec.conf?.[WAITS]) === 'false') {
    throw new ConfigError(
      `conf["${WAITS}"] is false: the step would be over with its application just begun, so how it ends would not be known`,
      { field: `conf["${WAITS}"]` },
    );
  }
  const length = JAR.length + lengthOf(stepArguments({ ...LONGEST, spec }));
  if (length <= MOST_CHARACTERS) return;
  const [field, most] = longestPart(spec);
  throw new ConfigError(
    `As an EMR step this job has ${length} characters, and EMR takes ${MOST_CHARACTERS}; most of them, ${most}, are ${field}. ` +
      `Let the job read ${field === 'args' ? 'its arguments' : 'that'} from a file in S3, or run it through Livy, which has no such limit`,
    { field },
  );
}

/** The field that takes the most room, and how many characters that is. */
function longestPart(spec: JobSpec): [string, number] {
  const sizes = Object.entries(spec).map(([field, value]): [string, number] => {
    if (Array.isArray(value)) return [field, lengthOf(value as readonly string[])];
    if (typeof value !== 'object') return [field, String(value).length];
    return [
      field,
      lengthOf(Object.entries(value as object).flatMap(([key, one]) => ['--conf', `${key}=${String(one)}`])),
    ];
  });
  return sizes.reduce((most, one) => (one[1] > most[1] ? one : most), ['file', 0]);
}

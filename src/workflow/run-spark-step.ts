import { pathLists, sparkSubmitFlags } from '../core/index.js';
import type { StateMachine } from './asl.js';
import { checkText, checkWhole } from './check-options.js';

export interface RunSparkStepOptions {
  /** `j-…`, or a JSONata expression in `{% %}` that gives it. */
  readonly clusterId: string;
  /** Step Functions stops waiting after this, in seconds, and cancels the step; its application may go on at YARN. @defaultValue a year */
  readonly timeoutSeconds?: number;
  /** The role that the step runs with, on a cluster with runtime roles. */
  readonly executionRoleArn?: string;
}

const list = (field: string, flag: string): string =>
  `$exists($job.${field}) and $count($job.${field}) > 0 ? ['${flag}', $join($job.${field}, ',')] : []`;
const one = (field: string, flag: string): string =>
  `$exists($job.${field}) ? ['${flag}', $string($job.${field})] : []`;

const lists: readonly string[] = pathLists;
/** What livywire's own EMR backend writes, as expressions. */
const flags = Object.entries(sparkSubmitFlags).map(([field, flag]) =>
  (lists.includes(field) ? list : one)(field, flag),
);

const name = '$exists($states.input.job.name) ? $states.input.job.name : $states.context.Execution.Name';
const conf = "$merge([$exists($job.conf) ? $job.conf : {}, {'spark.yarn.submit.waitAppCompletion': 'true'}])";

/** The parts of the line, lists each. */
const parts: readonly string[] = [
  `['spark-submit', '--master', 'yarn', '--deploy-mode', 'cluster', '--name', ${name}]`,
  ...flags,
  `$each(${conf}, function($value, $key) { ['--conf', $key & '=' & $string($value)] })`,
  '[$job.file]',
  '$exists($job.args) ? $job.args : []',
];

/** JSONPath cannot leave out a flag whose field is not there; JSONata can. */
const commandLine = `{% ($job := $states.input.job; $reduce([${parts.join(', ')}], $append)) %}`;

/**
 * Machine 2: the same input straight to an EMR step, without a Lambda function. EMR has no way to start a step at most once,
 * so nothing is repeated here; a failure is `States.TaskFailed` with EMR's own words, and no diagnosis. Step Functions looks every
 * 60 s for 10 minutes, then every 300 s. @throws ConfigError
 */
export function runSparkStep(options: RunSparkStepOptions): StateMachine {
  const { clusterId, timeoutSeconds, executionRoleArn } = options;
  checkText('clusterId', clusterId);
  if (timeoutSeconds !== undefined) checkWhole('timeoutSeconds', timeoutSeconds, 1);
  return {
    Comment: 'Runs one Spark job as a step of an EMR cluster',
    StartAt: 'Run the step',
    States: {
      'Run the step': {
        Type: 'Task',
        QueryLanguage: 'JSONata',
        Resource: 'arn:aws:states:::elasticmapreduce:addStep.sync',
        Arguments: {
          ClusterId: clusterId,
          ...(executionRoleArn !== undefined && { ExecutionRoleArn: executionRoleArn }),
          Step: {
            Name: `{% ${name} %}`,
            ActionOnFailure: 'CONTINUE',
            HadoopJarStep: { Jar: 'command-runner.jar', Args: commandLine },
          },
        },
        ...(timeoutSeconds !== undefined && { TimeoutSeconds: timeoutSeconds }),
        End: true,
      },
    },
  };
}

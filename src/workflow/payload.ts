/**
 * The data of run-spark-job: `input` is the handlers' event as far as it stays the same (what the execution was given, and
 * `execution`: what the key and the attempt come from), `answer` the last answer of a handler: `{ run }`, at first nothing.
 */
export const paths = {
  execution: '$.input.execution',
  run: '$.answer.run',
  next: '$.answer.run.next',
  wait: '$.answer.run.waitSeconds',
} as const;

/** Who asks, now, as text of JSON: no intrinsic function writes down an object. ARNs and the states' names hold no quotes. */
const whoAsks =
  'States.StringToJson(States.Format(' +
  `'\\{"execution":\\{"arn":"{}","state":"{}","retries":{},"redriveCount":{}\\}\\}', ` +
  `${paths.execution}.arn, ${paths.execution}.state, ${paths.execution}.retries, $$.Execution.RedriveCount))`;

const merge = (left: string, right: string): string => `States.JsonMerge(${left}, ${right}, false)`;

interface Payloads {
  /** For the task that concludes: with the number of redrives as it is when the task is executed. */
  readonly submit: string;
  /** For `status` and `cancel`, which ask about the run that the last answer named. */
  readonly ask: string;
  /** For a fresh execution: its history is empty, so the last answer, which counts the events, stays here. */
  readonly handOver: string;
}

const ask = merge('$.input', '$.answer');

/** The handlers' events, put together from the data: intrinsic functions. */
export const payloads: Payloads = { ask, submit: merge(ask, whoAsks), handOver: merge('$.input', whoAsks) };

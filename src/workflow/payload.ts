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

/** Who asks, now, as fields of JSON: no intrinsic function writes down an object. ARNs and the states' names hold no quotes. */
const whoAsks: Fields = {
  template: '"execution":\\{"arn":"{}","state":"{}","retries":{},"redriveCount":{}\\}',
  paths: [
    `${paths.execution}.arn`,
    `${paths.execution}.state`,
    `${paths.execution}.retries`,
    '$$.Execution.RedriveCount',
  ],
};
/** What completes the task that calls. */
const taskToken: Fields = { template: '"taskToken":"{}"', paths: ['$$.Task.Token'] };

interface Fields {
  /** As `States.Format` takes it: braces that stand for themselves are escaped. */
  readonly template: string;
  readonly paths: readonly string[];
}

const objectOf = (...fields: readonly Fields[]): string =>
  'States.StringToJson(States.Format(' +
  `'\\{${fields.map(({ template }) => template).join(',')}\\}', ${fields.flatMap((one) => one.paths).join(', ')}))`;

const merge = (left: string, right: string): string => `States.JsonMerge(${left}, ${right}, false)`;

export interface Payloads {
  /** For the task that concludes: with the number of redrives as it is when the task is executed. */
  readonly submit: string;
  /** For `status` and `cancel`, which ask about the run that the last answer named. */
  readonly ask: string;
  /** For a fresh execution: its history is empty, so the last answer, which counts the events, stays here. */
  readonly handOver: string;
}

/** The handlers' events, put together from the data: intrinsic functions. `waits`: submit is given the token of its task. */
export function payloads(redrives: boolean, waits = false): Payloads {
  const ask = merge('$.input', '$.answer');
  const now = [...(redrives ? [whoAsks] : []), ...(waits ? [taskToken] : [])];
  return {
    ask,
    submit: now.length > 0 ? merge(ask, objectOf(...now)) : ask,
    handOver: redrives ? merge('$.input', objectOf(whoAsks)) : '$.input',
  };
}

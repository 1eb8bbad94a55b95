import type { Catcher, TaskState } from './asl.js';
import { forHandlers, forWaitingHandler } from './retries.js';

/** No function runs longer than 900 s; after this its answer does not come any more. */
const LONGEST_SECONDS = 930;

/** What Step Functions takes: longer than an execution may run. */
const LONGEST_WAIT_SECONDS = 99_999_999;

export interface LambdaTask {
  readonly comment: string;
  readonly functionName: string;
  /** An intrinsic function that gives the event. */
  readonly payload: string;
  readonly next: string;
  readonly catch?: readonly Catcher[];
}

/** A call of one of our handlers. Its answer stands at `$.answer.run` afterwards. */
export const lambdaTask = (task: LambdaTask): TaskState => ({
  Type: 'Task',
  Comment: task.comment,
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: task.functionName, 'Payload.$': task.payload },
  ResultSelector: { 'run.$': '$.Payload' },
  ResultPath: '$.answer',
  TimeoutSeconds: LONGEST_SECONDS,
  Retry: forHandlers,
  ...(task.catch && { Catch: task.catch }),
  Next: task.next,
});

/** A call after which the task waits, until whoever has its token says what is next, or says nothing for so long. */
export const waitingTask = (task: LambdaTask, heartbeatSeconds: number): TaskState => ({
  Type: 'Task',
  Comment: task.comment,
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  // No intrinsic function puts a text into an object without braces in quotes, which not every interpreter takes.
  Parameters: {
    FunctionName: task.functionName,
    Payload: { 'taskToken.$': '$$.Task.Token', 'event.$': task.payload },
  },
  ResultSelector: { 'run.$': '$' },
  ResultPath: '$.answer',
  TimeoutSeconds: LONGEST_WAIT_SECONDS,
  HeartbeatSeconds: heartbeatSeconds,
  Retry: forWaitingHandler,
  ...(task.catch && { Catch: task.catch }),
  Next: task.next,
});

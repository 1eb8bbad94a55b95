import type { JobSpec, RunRef } from '../core/index.js';
import type { RunAnswer } from './answer.js';

/** Where in a state machine a call came from: what its key and its attempt are made of. */
export interface Execution {
  /** ARN of the execution. */
  readonly arn: string;
  /** Name of the state. */
  readonly state: string;
  /** Of the item, where it is inside a Map. */
  readonly index?: number;
  /** How often the execution was redriven. @defaultValue `0` */
  readonly redriveCount?: number;
  /** How often the machine itself has asked for a new attempt since. @defaultValue `0` */
  readonly retries?: number;
}

/** What a state machine, or a person, sends to `submit`; `status` and `cancel` read `run`, and `key` or `execution` in its absence. */
export interface RunPayload {
  /** What to run. `submit` needs it. */
  readonly job?: JobSpec;
  /** What makes two calls the same run. @defaultValue from `execution`; else the request's id, the same for each delivery of an asynchronous call */
  readonly key?: string;
  /**
   * The try that a scheduler has come to, where it counts them itself: the highest attempt that may be started, and what `execution`
   * counts is added. It needs a `key`, or `execution`. @defaultValue `1`
   */
  readonly attempt?: number | `${number}`;
  readonly execution?: Execution;
  /** Where its `_SUCCESS` has to be written for it to have succeeded: `s3://…`. */
  readonly output?: string;
  /** What has to be there before it is sent: `s3://…`. */
  readonly inputs?: readonly string[];
  /** `status` answers `cancel` once the attempt is so old. @defaultValue it never does */
  readonly timeoutSeconds?: number;
  /** The last answer. */
  readonly run?: RunAnswer;
  /**
   * To `submit`, from a machine whose task waits for it: completed once the run has ended, or when there is something else to do.
   * The machine sends `{ taskToken, event }`, with all the rest in `event`.
   */
  readonly taskToken?: string;
  /** To `submit`, from a machine: why `status` or `cancel` failed, in Step Functions' own fields. */
  readonly trouble?: { readonly Error?: string; readonly Cause?: string };
}

/** What `diagnose` is asked: one of these. */
export interface DiagnosePayload {
  readonly run?: RunAnswer;
  readonly ref?: RunRef;
  readonly key?: string;
}

import type { RunRef } from '../../core/index.js';

/** What `submit` answers to events. Nothing that failed alone is in the way of the others. */
export interface SubmitEventAnswer {
  readonly v: 1;
  readonly started: number;
  /** There already: told before, or sent by somebody else. */
  readonly adopted: number;
  /** Of what failed, or is pending still, its sender is told, so that it sends it again. */
  readonly failed: number;
  /** The first twenty. */
  readonly runs: readonly RunRef[];
  /** For SQS and Kinesis (`ReportBatchItemFailures`). */
  readonly batchItemFailures?: readonly { readonly itemIdentifier: string }[];
}

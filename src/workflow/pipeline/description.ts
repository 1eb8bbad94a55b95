import type * as z from 'zod';
import type { HandlerFunctions } from '../run-spark-job.js';
import type { KindName, kinds } from './kinds/index.js';

/** New tries of a step that failed. */
export interface RetryDescription {
  /** Tries after the first. */
  readonly times: number;
  /** Before the first of them: seconds, or `30s`, `5m`. @defaultValue `60s` */
  readonly delay?: number | string;
  /** Each pause is so many times the last one. @defaultValue `2` */
  readonly backoff?: number;
  /** Longest pause. @defaultValue none */
  readonly maxDelay?: number | string;
  /** Names of errors. @defaultValue whatever it was */
  readonly on?: readonly string[];
}

/** What every step may have, whatever its kind. */
export interface StepCommon {
  /** Steps that have to have succeeded before. Those that it refers to are needed as well. */
  readonly needs?: string | readonly string[];
  readonly retry?: number | RetryDescription;
  /** Seconds, or `90s`, `15m`, `2h`. @defaultValue what the service allows */
  readonly timeout?: number | string;
  /** Once for each item: a list, or a reference to one. */
  readonly foreach?: string | readonly unknown[];
  /** How many items at a time. @defaultValue as many as Step Functions does */
  readonly concurrency?: number;
  readonly comment?: string;
  /** Other parameters of the call, in AWS's names. */
  readonly with?: Readonly<Record<string, unknown>>;
}

type FieldsOf<K extends KindName> = z.input<z.ZodObject<(typeof kinds)[K]['fields']>>;

/** A step of any kind; `task` stands without a kind. */
export type StepDescription = {
  readonly [K in KindName]: StepCommon & FieldsOf<K> & (K extends 'task' ? unknown : { readonly kind: K });
}[KindName];

/** A pipeline, as it is written down. */
export interface PipelineDescription {
  readonly name?: string;
  readonly comment?: string;
  /** What an execution is given. With a value: when it is not; with `null`: it has to be. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** The Lambda functions of livywire, for livy steps. */
  readonly functions?: HandlerFunctions;
  /** Of the whole pipeline. */
  readonly timeout?: number | string;
  readonly steps: Readonly<Record<string, StepDescription>>;
  /** What the execution answers. @defaultValue the result of each step under its name */
  readonly output?: Readonly<Record<string, unknown>>;
}

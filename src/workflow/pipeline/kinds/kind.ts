import * as z from 'zod';
import type { HandlerFunctions } from '../../run-spark-job.js';
import type { Retrier } from '../../asl.js';
import type { Branch } from '../states.js';
import { isReference } from '../references.js';

/** What a kind knows of the step that it builds. */
export interface StepFacts {
  readonly name: string;
  /** A path or an intrinsic function: a text of at most 64 characters, another one for each try, the same for each delivery of it. */
  readonly token: string;
  /** A field that is the same for all tries of a step, and for each item of `foreach` another: `load[3]`. */
  readonly identity: (field: string) => Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  readonly retry?: StepRetry;
  readonly isForEach: boolean;
  /** Our handlers, where the pipeline names them. */
  readonly functions?: HandlerFunctions;
  /** How many events of the history a run may use before another execution goes on with it. */
  readonly historyShare: number;
  /** The id of the cluster that a field names: a path, or the id itself. */
  readonly clusterId: (value: string) => string;
  /** Tells what is wrong with a field. */
  readonly problem: (field: string, message: string) => void;
}

/** New tries of a step that failed. */
export interface StepRetry {
  /** Tries after the first. */
  readonly times: number;
  readonly delaySeconds: number;
  readonly backoff: number;
  readonly maxDelaySeconds?: number;
  /** Names of errors. Absent: whatever it was. */
  readonly on?: readonly string[];
}

/** What of a result later steps can refer to: a name and the path where it stands in what AWS answers. */
export type Result = Readonly<Record<string, string>>;

/** One call of a service, which Step Functions waits for where its resource says so. */
export interface TaskBody {
  readonly type: 'task';
  readonly resource: string;
  /** References in it are resolved; `with` is put over it. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** @defaultValue what AWS answers, whole */
  readonly result?: Result;
  /** What is certainly without effect and may help later: before the retries that were asked for. */
  readonly retry?: readonly Retrier[];
}

/** Several states, as one: they have data of their own. */
export interface StatesBody {
  readonly type: 'states';
  readonly input: Readonly<Record<string, unknown>>;
  readonly branch: Branch;
  readonly result?: Result;
  /** It makes its own tries. */
  readonly retriesItself?: boolean;
}

/** A state that a person wrote. */
export interface RawBody {
  readonly type: 'raw';
  readonly state: Readonly<Record<string, unknown>>;
}

export type Body = TaskBody | StatesBody | RawBody;

/** One row of the table of step kinds. */
export interface StepKind<F extends z.ZodRawShape = z.ZodRawShape> {
  /** A line for the documentation. */
  readonly what: string;
  readonly fields: F;
  /** The call whose other parameters a step may give in `with`, in AWS's names. */
  readonly with?: string;
  /** What the machine's role has to be allowed. */
  readonly permissions: readonly string[];
  /** A whole machine of steps may not be in `foreach`. */
  readonly once?: true;
  /** A step may be given a limit. @defaultValue true */
  readonly timeout?: false;
  readonly build: (fields: z.output<z.ZodObject<F>>, facts: StepFacts) => Body;
}

export const defineKind = <const F extends z.ZodRawShape>(kind: StepKind<F>): StepKind<F> => kind;

// The message of each says what would be right.

/** A text, with or without references. */
export const text = z.string({ error: 'a text' }).min(1, { error: 'a text that is not empty' });

const reference = z.custom<`\${${string}}`>((value) => typeof value === 'string' && isReference(value));

export const whole = (least: number) => {
  const said = { error: `a whole number, ${least} or more, or a reference` };
  return z.union([z.int(said).min(least, said), reference], said);
};

export const list = z.union([z.array(z.union([z.string(), z.number(), z.boolean()])), reference], {
  error: 'a list of texts, or a reference to one',
});

export const group = z.record(z.string(), z.unknown(), { error: 'a group of fields' });

/** Whatever JSON has. */
export const json = z.custom<unknown>((value) => value !== undefined, { error: 'a value' });

/** An ARN, a name or a reference. */
export const flag = z.boolean({ error: 'true or false' });

export const tag = <const Name extends string>(...names: [Name, ...Name[]]) =>
  z.enum(names, { error: `one of ${names.join(', ')}` });

/** Permissions of the rule by which Step Functions hears of the end of a `.sync` task. */
export const eventRule = ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'] as const;

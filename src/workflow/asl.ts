/** The parts of the Amazon States Language that our machines are made of, as plain JSON. */

/** A field of `Parameters` that ends in `.$` is a path or an intrinsic function, the others are as they stand. */
export type Template = { readonly [name: string]: Json | Template };
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly ResultPath?: string | null;
}

interface Named {
  readonly Comment?: string;
}
/** Where it goes on, or that it ends here. */
type Onward = { readonly Next: string } | { readonly End: true };

export type PassState = Named & {
  readonly Type: 'Pass';
  readonly Parameters: Template;
  readonly ResultPath?: string;
} & Onward;

/** With JSONPath: the fields of a path and a template. */
export type TaskState = Named & {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Parameters: Template;
  readonly ResultSelector?: Template;
  readonly ResultPath?: string | null;
  readonly OutputPath?: string;
  readonly TimeoutSeconds?: number;
  readonly HeartbeatSeconds?: number;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
} & Onward;

/** With JSONata, where JSONPath cannot say it: what stands in `{% %}` is an expression. */
export type JsonataTaskState = Named & {
  readonly Type: 'Task';
  readonly QueryLanguage: 'JSONata';
  readonly Resource: string;
  readonly Arguments: Template;
  readonly Output?: string | Template;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly Retrier[];
} & Onward;

export type WaitState = Named & { readonly Type: 'Wait'; readonly Next: string } & (
    { readonly SecondsPath: string } | { readonly Seconds: number }
  );

export interface Comparison {
  readonly Variable: string;
  readonly StringEquals?: string;
  /** `*` stands for anything. */
  readonly StringMatches?: string;
  readonly IsPresent?: boolean;
  readonly NumericEquals?: number;
  readonly NumericGreaterThanEquals?: number;
}
export type ChoiceRule = (Comparison | { readonly And: readonly Comparison[] }) & { readonly Next: string };
export interface ChoiceState extends Named {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
}

export interface SucceedState extends Named {
  readonly Type: 'Succeed';
  readonly OutputPath?: string;
}

export interface FailState extends Named {
  readonly Type: 'Fail';
  readonly Error: string;
  readonly CausePath: string;
}

export type State = PassState | TaskState | JsonataTaskState | WaitState | ChoiceState | SucceedState | FailState;

/** What `CreateStateMachine` takes as `definition`, once it is text. */
export interface StateMachine {
  readonly Comment: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

import type { ChoiceRule, State, Template, Catcher, Retrier } from '../asl.js';

/** Where it goes on, or that it ends here. */
export type Onward = { readonly Next: string } | { readonly End: true };

/** States that stand together: a machine, a branch, what is done with an item. */
export interface Branch {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, PipelineState>>;
}

export interface ParallelState {
  readonly Type: 'Parallel';
  readonly Comment?: string;
  readonly Parameters?: Template;
  readonly Branches: readonly Branch[];
  readonly ResultSelector?: Template;
  readonly ResultPath?: string | null;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface MapState {
  readonly Type: 'Map';
  readonly Comment?: string;
  readonly ItemsPath: string;
  readonly ItemSelector: Template;
  readonly MaxConcurrency?: number;
  readonly ItemProcessor: Branch & { readonly ProcessorConfig: { readonly Mode: 'INLINE' } };
  readonly ResultPath?: string | null;
  readonly Retry?: readonly Retrier[];
}

/** Fails with what was caught, or in words of ours. */
export type FailState = { readonly Type: 'Fail'; readonly Comment?: string } & (
  | { readonly ErrorPath: string; readonly CausePath: string }
  | { readonly Error: string; readonly Cause: string }
  | { readonly Error: string; readonly CausePath: string }
);

/** A state that a person wrote, as far as it is ours: its type is known, the rest is passed on. */
export interface RawState {
  readonly Type: string;
  readonly [field: string]: unknown;
}

export type PipelineState = State | ((ParallelState | MapState) & Onward) | FailState | RawState;

/** What `CreateStateMachine` takes as `definition`, once it is text. */
export interface PipelineMachine extends Branch {
  readonly Comment: string;
  readonly TimeoutSeconds?: number;
}

/** States in a row: they are told where it goes on from the last of them. */
export interface Block {
  readonly start: string;
  readonly states: (onward: Onward) => Readonly<Record<string, PipelineState>>;
}

/** One state as a block. */
export const block = (name: string, stateOf: (onward: Onward) => PipelineState): Block => ({
  start: name,
  states: (onward) => ({ [name]: stateOf(onward) }),
});

/** One after the other. @returns a branch that ends with the last */
export function branchOf(blocks: readonly Block[], onward: Onward = { End: true }): Branch {
  const [first] = blocks;
  if (!first) throw new RangeError('a branch without a state');
  const parts = blocks.map((one, i) => {
    const next = blocks[i + 1];
    return one.states(next ? { Next: next.start } : onward);
  });
  return { StartAt: first.start, States: Object.assign({}, ...parts) as Branch['States'] };
}

export const choice = (name: string, rules: readonly ChoiceRule[], comment: string): Block => ({
  start: name,
  states: (onward) => ({
    [name]: {
      Type: 'Choice',
      Comment: comment,
      Choices: rules,
      ...('Next' in onward && { Default: onward.Next }),
    },
  }),
});

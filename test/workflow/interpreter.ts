/**
 * Runs a machine in made-up time and counts what Step Functions would count: events of the history, state transitions, calls of
 * functions. Strict where AWS is: a path that is not there, an answer that no rule takes, a history that is full are failures.
 */
import type { State, StateMachine } from '../../src/workflow/index.js';
import { evaluate, fill, isPresent, put, valueAt } from './intrinsics.js';

/** Thrown by a fake function: the name is what ErrorEquals is compared with. */
export interface TaskError {
  readonly name: string;
  readonly message: string;
}

export interface World {
  /** Milliseconds. */
  readonly now: number;
  /** Lets time pass. */
  wait(ms: number): Promise<void>;
  /** Answers, or throws; may let time pass. */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** What completes the task of this token; throws as it was failed, or `States.HeartbeatTimeout` after such a silence. */
  completed?(token: string, heartbeatMs: number): Promise<unknown>;
}

export const MOST_EVENTS = 25_000;

export interface Execution {
  readonly arn: string;
  readonly input: unknown;
  readonly startedAt: number;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED';
  output?: unknown;
  error?: string;
  cause?: string;
  /** Where it failed. */
  failedIn?: { readonly state: string; readonly data: unknown };
  endedAt: number;
  redriveCount: number;
  events: number;
  /** States entered and retries: what is billed. */
  transitions: number;
  lambdas: number;
  /** The executions that it started. */
  readonly children: Execution[];
  /** Names of the states, in their order. */
  readonly path: string[];
}

type Task = Extract<State, { readonly Type: 'Task'; readonly Parameters: unknown }>;

/** Everything that an execution and those it started did. */
export const total = (execution: Execution, what: 'events' | 'transitions' | 'lambdas'): number =>
  execution[what] + execution.children.reduce((sum, child) => sum + total(child, what), 0);

export class Interpreter {
  readonly #machine: StateMachine;
  readonly #world: World;
  #executions = 0;
  #tokens = 0;
  /** How many executions Step Functions is still to refuse. */
  refuseStarts = 0;

  constructor(machine: StateMachine, world: World) {
    // As it is deployed: text.
    this.#machine = JSON.parse(JSON.stringify(machine)) as StateMachine;
    this.#world = world;
  }

  async run(input: unknown): Promise<Execution> {
    const execution: Execution = {
      arn: `arn:aws:states:us-east-1:123456789012:execution:spark:${++this.#executions}`,
      input,
      startedAt: this.#world.now,
      status: 'RUNNING',
      endedAt: 0,
      redriveCount: 0,
      events: 1,
      transitions: 0,
      lambdas: 0,
      children: [],
      path: [],
    };
    return this.#walk(execution, this.#machine.StartAt, input);
  }

  /** What RedriveExecution does: the state that failed is executed again, with the input it had. */
  async redrive(execution: Execution): Promise<Execution> {
    if (execution.failedIn === undefined) throw new Error('only what failed is redriven');
    const { state, data } = execution.failedIn;
    execution.redriveCount++;
    execution.events++;
    execution.status = 'RUNNING';
    return this.#walk(execution, state, data);
  }

  async #walk(execution: Execution, first: string, given: unknown): Promise<Execution> {
    let [name, data]: [string, unknown] = [first, given];
    try {
      for (;;) {
        const state = this.#machine.States[name];
        if (state === undefined) throw named('States.Runtime', `There is no state ${name}`);
        execution.path.push(name);
        execution.transitions++;
        count(execution, 1); // entered
        let next: string | undefined;
        try {
          [data, next] = await this.#execute(execution, name, state, data);
        } catch (error) {
          execution.failedIn = { state: name, data };
          throw error;
        }
        count(execution, 1); // exited
        if (next === undefined) break;
        name = next;
      }
      execution.status = 'SUCCEEDED';
      execution.output = data;
    } catch (error) {
      const { name: code, message } = error as TaskError;
      execution.status = 'FAILED';
      execution.error = code;
      execution.cause = message;
    }
    execution.events++; // ExecutionSucceeded or ExecutionFailed
    execution.endedAt = this.#world.now;
    return execution;
  }

  async #execute(
    execution: Execution,
    name: string,
    state: State,
    data: unknown,
  ): Promise<[data: unknown, next: string | undefined]> {
    const context = this.#context(execution, name);
    switch (state.Type) {
      case 'Pass':
        return [put(state.ResultPath, data, fill(state.Parameters, data, context)), nextOf(state)];
      case 'Wait':
        await this.#world.wait(
          1_000 * waitOf('Seconds' in state ? state.Seconds : valueAt(state.SecondsPath, data, context)),
        );
        return [data, state.Next];
      case 'Succeed':
        return [evaluate(state.OutputPath ?? '$', data, context), undefined];
      case 'Fail':
        throw named(state.Error, String(evaluate(state.CausePath, data, context)));
      case 'Choice': {
        const rule = state.Choices.find((one) =>
          ('And' in one ? one.And : [one]).every((comparison) => holds(comparison, data, context)),
        );
        const next = rule?.Next ?? state.Default;
        if (next === undefined) throw named('States.NoChoiceMatched', `${name}: no rule for ${JSON.stringify(data)}`);
        return [data, next];
      }
      case 'Task':
        if (!('Parameters' in state)) throw new Error('JSONata is not interpreted here');
        return this.#task(execution, state, data, context);
    }
  }

  async #task(
    execution: Execution,
    state: Task,
    data: unknown,
    context: unknown,
  ): Promise<[data: unknown, next: string | undefined]> {
    const tries = new Map<number, number>();
    for (;;) {
      try {
        count(execution, 2); // scheduled, started
        const token = { Task: { Token: `token-${++this.#tokens}` } };
        const result = await this.#call(
          execution,
          state,
          fill(state.Parameters, data, { ...(context as object), ...token }),
          token.Task.Token,
        );
        count(execution, 1); // succeeded
        const selected = state.ResultSelector ? fill(state.ResultSelector, result, context) : result;
        const placed = put(state.ResultPath, data, selected);
        return [evaluate(state.OutputPath ?? '$', placed, context), nextOf(state)];
      } catch (error) {
        if (!(error instanceof Error) || error.name === 'States.Runtime') throw error;
        count(execution, 1); // failed
        const index = (state.Retry ?? []).findIndex(({ ErrorEquals }) => takes(ErrorEquals, error.name));
        const retrier = state.Retry?.[index];
        const tried = tries.get(index) ?? 0;
        if (retrier && tried < (retrier.MaxAttempts ?? 3)) {
          tries.set(index, tried + 1);
          execution.transitions++;
          const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Infinity } = retrier;
          // With full jitter it is half of that on average.
          await this.#world.wait((1_000 * Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** tried)) / 2);
          continue;
        }
        const catcher = state.Catch?.find(({ ErrorEquals }) => takes(ErrorEquals, error.name));
        if (!catcher) throw error;
        return [put(catcher.ResultPath, data, { Error: error.name, Cause: error.message }), catcher.Next];
      }
    }
  }

  async #call(execution: Execution, state: Task, parameters: unknown, token: string): Promise<unknown> {
    const given = parameters as Record<string, unknown>;
    switch (state.Resource) {
      case 'arn:aws:states:::lambda:invoke': {
        execution.lambdas++;
        const answer = await this.#world.invoke(String(given.FunctionName), clone(given.Payload));
        return { StatusCode: 200, Payload: clone(answer) };
      }
      case 'arn:aws:states:::lambda:invoke.waitForTaskToken': {
        execution.lambdas++;
        // It may be completed before the call has come back, or be failed by it.
        const completed = this.#world.completed?.(token, 1_000 * (state.HeartbeatSeconds ?? Infinity));
        completed?.catch(() => undefined);
        await this.#world.invoke(String(given.FunctionName), clone(given.Payload));
        count(execution, 1); // submitted
        return clone(await completed);
      }
      case 'arn:aws:states:::states:startExecution.sync:2': {
        if (this.refuseStarts-- > 0) throw named('StepFunctions.AccessDeniedException', 'not authorized');
        count(execution, 1); // submitted
        const child = await this.run(clone(given.Input));
        execution.children.push(child);
        if (child.status === 'SUCCEEDED') return { ExecutionArn: child.arn, Output: clone(child.output) };
        throw named('States.TaskFailed', JSON.stringify({ Error: child.error, Cause: child.cause }));
      }
      default:
        return this.#world.invoke(state.Resource, clone(parameters));
    }
  }

  #context(execution: Execution, state: string): unknown {
    const { arn, input, redriveCount } = execution;
    return {
      Execution: { Id: arn, Input: input, Name: arn.split(':').at(-1), RedriveCount: redriveCount },
      State: { Name: state },
      StateMachine: { Id: 'arn:aws:states:us-east-1:123456789012:stateMachine:spark' },
    };
  }
}

const clone = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? {})) as unknown;

const nextOf = (state: object): string | undefined => ('Next' in state ? String(state.Next) : undefined);

function named(name: string, message: string): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

function count(execution: Execution, events: number): void {
  execution.events += events;
  if (execution.events > MOST_EVENTS) throw named('States.Runtime', `The history has more than ${MOST_EVENTS} events`);
}

/** `States.TaskFailed` is any failure of a task but its timeout. */
const takes = (errors: readonly string[], name: string): boolean =>
  errors.includes(name) ||
  errors.includes('States.ALL') ||
  (errors.includes('States.TaskFailed') && name !== 'States.Timeout');

function waitOf(seconds: unknown): number {
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 0 || seconds > 99_999_999)
    throw named('States.Runtime', `Not to be waited: ${String(seconds)}`);
  return seconds;
}

type Comparison = Extract<Extract<State, { Type: 'Choice' }>['Choices'][number], { readonly Variable: string }>;

function holds(comparison: Omit<Comparison, 'Next'>, data: unknown, context: unknown): boolean {
  const {
    Variable: path,
    StringEquals,
    StringMatches,
    IsPresent,
    NumericEquals,
    NumericGreaterThanEquals,
  } = comparison;
  if (IsPresent !== undefined) return isPresent(path, data, context) === IsPresent;
  const value = valueAt(path, data, context);
  if (StringEquals !== undefined) return value === StringEquals;
  if (StringMatches !== undefined) {
    const pattern = StringMatches.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return typeof value === 'string' && new RegExp(`^${pattern.join('.*')}$`, 's').test(value);
  }
  if (NumericEquals !== undefined) return value === NumericEquals;
  return typeof value === 'number' && value >= (NumericGreaterThanEquals ?? Infinity);
}

/**
 * Runs a compiled pipeline in no time: every task answers at once, branches and items interleave as the steps come. It notes when
 * each task began and ended, and fails where a path is not in the data, as AWS does.
 */
import type { PipelineMachine } from '../../../src/workflow/pipeline/states.js';

interface Branch {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, unknown>>;
}

/** A task as it is called. */
export interface Call {
  readonly state: string;
  readonly resource: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface Run {
  readonly output: unknown;
  readonly error?: { readonly Error: string; readonly Cause: string };
  /** `+ name` and `- name`, in their order. */
  readonly log: readonly string[];
  readonly calls: readonly Call[];
}

/** Answers a call, or throws `{ Error, Cause }`. */
export type Answer = (call: Call) => unknown;

export class TaskFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface StateData {
  readonly [field: string]: unknown;
  readonly Type: string;
  readonly Next?: string;
  readonly ResultPath?: string | null;
  readonly OutputPath?: string;
}

const ERROR = 'States.Runtime';

/** Of a path with names, quoted names and numbers. */
function look(path: string, data: unknown, context: unknown): unknown {
  const isContext = path.startsWith('$$');
  let found: unknown = isContext ? context : data;
  for (const [, name, quoted, index] of path.slice(isContext ? 2 : 1).matchAll(/\.(\w+)|\['([^']+)'\]|\[(\d+)\]/g)) {
    const key = name ?? quoted ?? Number(index);
    if (typeof found !== 'object' || found === null || !(key in found))
      throw new TaskFailure(ERROR, `${path} is not in ${JSON.stringify(data)}`);
    found = (found as Record<string | number, unknown>)[key];
  }
  return found;
}

const intrinsics: Readonly<Record<string, (...args: readonly unknown[]) => unknown>> = {
  Format: (text, ...values) => {
    let next = 0;
    return String(text).replaceAll('{}', () => String(values[next++]));
  },
  Array: (...values) => values,
  JsonMerge: (a, b) => ({ ...(a as object), ...(b as object) }),
  StringToJson: (text) => JSON.parse(String(text)) as unknown,
  JsonToString: (value) => JSON.stringify(value),
  MathAdd: (a, b) => Number(a) + Number(b),
  Hash: (text, kind) => `${String(kind)}(${String(text)})`,
};

function evaluate(text: string, data: unknown, context: unknown): unknown {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found) throw new TaskFailure(ERROR, `not understood at ${at}: ${text}`);
    at += found[0].length;
    return found;
  };
  const value = (): unknown => {
    take(/\s*/y);
    if (text[at] === "'") {
      const [, inner = ''] = take(/'((?:[^'\\]|\\['{}\\])*)'/y);
      return inner.replaceAll(/\\(.)/g, '$1');
    }
    if (text[at] === '$') return look(take(/\$\$?(?:\.\w+|\['[^']+'\]|\[\d+\])*/y)[0], data, context);
    if (!text.startsWith('States.', at)) return JSON.parse(take(/-?[\d.]+|true|false|null/y)[0]) as unknown;
    const [, name = ''] = take(/States\.(\w+)\(/y);
    const args: unknown[] = [];
    for (;;) {
      args.push(value());
      if (take(/\s*([,)])/y)[1] === ')') break;
    }
    return intrinsics[name]?.(...args);
  };
  const result = value();
  if (at !== text.length) throw new TaskFailure(ERROR, `more than one value: ${text}`);
  return result;
}

function fill(template: unknown, data: unknown, context: unknown): unknown {
  if (Array.isArray(template)) return template.map((one) => fill(one, data, context));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([name, value]: [string, unknown]) =>
      name.endsWith('.$')
        ? [name.slice(0, -2), evaluate(String(value), data, context)]
        : [name, fill(value, data, context)],
    ),
  );
}

function put(path: string | null | undefined, data: unknown, value: unknown): unknown {
  if (path === undefined || path === '$') return value;
  if (path === null) return data;
  const names = path.slice(2).split('.');
  const set = (into: unknown, [first = '', ...rest]: readonly string[]): unknown => ({
    ...(into as object),
    [first]: rest.length === 0 ? value : set((into as Record<string, unknown>)[first] ?? {}, rest),
  });
  return set(data, names);
}

export async function run(
  machine: PipelineMachine,
  input: unknown,
  answer: Answer = () => ({ Payload: {} }),
  { random = () => 0, redriveCount = 0 }: { readonly random?: () => number; readonly redriveCount?: number } = {},
): Promise<Run> {
  const log: string[] = [];
  const calls: Call[] = [];
  const execution = {
    Execution: {
      Id: 'arn:aws:states:us-east-1:123456789012:execution:p:1',
      Name: '1',
      StartTime: 'now',
      RedriveCount: redriveCount,
    },
    StateMachine: { Id: 'arn:aws:states:us-east-1:123456789012:stateMachine:p' },
    Task: { Token: 'token' },
  };
  const later = async (): Promise<void> => {
    for (let turns = Math.floor(random() * 5); turns >= 0; turns--) await Promise.resolve();
  };

  async function execute(
    name: string,
    state: StateData,
    data: unknown,
    map: unknown,
  ): Promise<[unknown, string | undefined]> {
    const context = { ...execution, State: { Name: name, EnteredTime: 'then', RetryCount: 0 }, Map: map };
    const given = (fallback: unknown = data): unknown =>
      state.Parameters === undefined ? fallback : fill(state.Parameters, data, context);
    const ended = (result: unknown): [unknown, string | undefined] => {
      const selected = state.ResultSelector ? fill(state.ResultSelector, result, context) : result;
      const placed = put(state.ResultPath, data, selected);
      return [state.OutputPath === undefined ? placed : evaluate(state.OutputPath, placed, context), state.Next];
    };
    switch (state.Type) {
      case 'Task': {
        const call = { state: name, resource: String(state.Resource), parameters: given({}) as Call['parameters'] };
        log.push(`+ ${name}`);
        calls.push(call);
        await later();
        const result = answer(call) ?? {};
        await later();
        log.push(`- ${name}`);
        return ended(result);
      }
      case 'Parallel': {
        const branches = state.Branches as readonly Branch[];
        const into = given();
        log.push(`+ ${name}`);
        const results = await Promise.all(branches.map((branch) => walk(branch, into, map)));
        log.push(`- ${name}`);
        return ended(results);
      }
      case 'Map': {
        const items = evaluate(String(state.ItemsPath), data, context) as readonly unknown[];
        log.push(`+ ${name}`);
        const results = await Promise.all(
          items.map((Value, Index) => {
            const Map = { Item: { Value, Index } };
            return walk(state.ItemProcessor as Branch, fill(state.ItemSelector, data, { ...context, Map }), Map);
          }),
        );
        log.push(`- ${name}`);
        return ended(results);
      }
      case 'Pass':
        return ended(given());
      case 'Wait':
        return [data, state.Next];
      case 'Succeed':
        return [ended(data)[0], undefined];
      case 'Fail': {
        const text = (literal: unknown, path: unknown): string =>
          typeof path === 'string' ? String(evaluate(path, data, context)) : String(literal);
        throw new TaskFailure(text(state.Error, state.ErrorPath), text(state.Cause, state.CausePath));
      }
      case 'Choice': {
        const rules = state.Choices as readonly Readonly<Record<string, unknown>>[];
        return [data, (rules.find((rule) => holds(rule, data, context))?.Next ?? state.Default) as string];
      }
      default:
        throw new Error(`a state of type ${state.Type}`);
    }
  }

  async function walk({ StartAt, States }: Branch, given: unknown, map: unknown): Promise<unknown> {
    let [name, data]: [string | undefined, unknown] = [StartAt, given];
    while (name !== undefined) {
      const state = States[name] as StateData | undefined;
      if (!state) throw new Error(`there is no state ${name}`);
      try {
        [data, name] = await execute(name, state, data, map);
      } catch (error) {
        const catcher = (
          state.Catch as readonly { Next: string; ResultPath?: string; ErrorEquals: string[] }[] | undefined
        )?.find(
          ({ ErrorEquals }) =>
            error instanceof TaskFailure && (ErrorEquals.includes('States.ALL') || ErrorEquals.includes(error.code)),
        );
        if (!catcher || !(error instanceof TaskFailure)) throw error;
        data = put(catcher.ResultPath, data, { Error: error.code, Cause: error.message });
        name = catcher.Next;
      }
    }
    return data;
  }

  try {
    return { output: await walk(machine, input, undefined), log, calls };
  } catch (error) {
    if (!(error instanceof TaskFailure)) throw error;
    return { output: undefined, error: { Error: error.code, Cause: error.message }, log, calls };
  }
}

function holds(rule: Readonly<Record<string, unknown>>, data: unknown, context: unknown): boolean {
  if (Array.isArray(rule.And))
    return rule.And.every((one: Readonly<Record<string, unknown>>) => holds(one, data, context));
  let value: unknown;
  let isThere = true;
  try {
    value = evaluate(String(rule.Variable), data, context);
  } catch {
    isThere = false;
  }
  if (rule.IsPresent !== undefined) return isThere === rule.IsPresent;
  if (!isThere) throw new TaskFailure(ERROR, `${String(rule.Variable)} is not there`);
  if (rule.StringEquals !== undefined) return value === rule.StringEquals;
  if (rule.NumericEquals !== undefined) return value === rule.NumericEquals;
  if (rule.NumericGreaterThanEquals !== undefined) return Number(value) >= Number(rule.NumericGreaterThanEquals);
  throw new Error(`a rule of another kind: ${JSON.stringify(rule)}`);
}

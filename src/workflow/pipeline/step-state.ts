import type { Retrier, Template } from '../asl.js';
import type { Body, Result, StepFacts } from './kinds/kind.js';
import type { Step } from './model.js';
import { dataName, readReference, template } from './references.js';
import { type Block, block, type Branch, type Onward, type PipelineState } from './states.js';

/** Everything that a pipeline tells its steps. */
export type Surroundings = Pick<StepFacts, 'functions' | 'historyShare' | 'clusterId'>;

export const resultPath = (name: string): string => `$.steps.${dataName(name)}`;

/**
 * Where a step's result goes: into the data, under its name; or it is all that comes out, alone, or in the form of the data. That
 * form is for interpreters that take `$[0].name` for many values, and `$[0].steps.name` for one.
 */
export type Keep = 'in data' | 'as data' | 'alone';

/** Each item's state within a Map. */
const EACH = 'each';

/** What a kind is told of a step. */
export function factsOf(step: Step, around: Surroundings, problem: StepFacts['problem']): StepFacts {
  const { name, timeoutSeconds, retry, foreach } = step;
  const isForEach = foreach !== undefined;
  // Names of steps hold nothing that would have to be escaped.
  const ofItem = `States.Format('${name}[{}]', $.index)`;
  const parts = [
    '$$.Execution.Id',
    isForEach ? ofItem : `'${name}'`,
    '$$.State.RetryCount',
    '$$.Execution.RedriveCount',
  ];
  return {
    ...around,
    name,
    isForEach,
    identity: (field) => (isForEach ? { [`${field}.$`]: ofItem } : { [field]: name }),
    token: `States.Hash(States.Format('${parts.map(() => '{}').join('/')}', ${parts.join(', ')}), 'SHA-256')`,
    // A run of an item goes to an execution of its own as soon as it may: nobody knows how many items there are.
    ...(isForEach && { historyShare: 0 }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(retry && { retry }),
    problem,
  };
}

/** A step as one state, and what is in it. */
export function stepBlock(step: Step, facts: StepFacts, keep: Keep): Block {
  const { name, foreach, concurrency, comment, row } = step;
  const body = row.build(step.fields, facts);
  const about = comment === undefined ? {} : { Comment: comment };
  if (foreach === undefined) return block(name, (onward) => ({ ...about, ...stateOf(step, body, keep, onward) }));
  const inner = `${name}: ${EACH}`;
  const listPath = typeof foreach === 'string' ? pathOf(foreach) : `$.lists.${dataName(name)}`;
  return block(name, (onward) => ({
    Type: 'Map',
    ...about,
    ItemsPath: listPath,
    ItemSelector: {
      'item.$': '$$.Map.Item.Value',
      'index.$': '$$.Map.Item.Index',
      'input.$': '$.input',
      'steps.$': '$.steps',
    },
    ...(concurrency !== undefined && { MaxConcurrency: concurrency }),
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' },
      StartAt: inner,
      States: { [inner]: stateOf(step, body, 'alone', { End: true }) },
    },
    ...kept(name, undefined, keep),
    ...onward,
  }));
}

function pathOf(reference: string): string {
  const read = readReference(reference.slice(2, -1));
  return typeof read === 'string' ? '$' : read.path;
}

function stateOf(step: Step, body: Body, keep: Keep, onward: Onward): PipelineState {
  switch (body.type) {
    case 'task':
      return {
        Type: 'Task',
        Resource: body.resource,
        Parameters: template({ ...body.parameters, ...step.with }),
        ...kept(step.name, body.result && selector(body.result, '$'), keep),
        ...(step.timeoutSeconds !== undefined && { TimeoutSeconds: step.timeoutSeconds }),
        ...retries(body.retry, step),
        ...onward,
      };
    case 'states':
      return {
        Type: 'Parallel',
        Parameters: template(body.input),
        Branches: [prefixed(step.name, body.branch)],
        ...kept(step.name, body.result && selector(body.result, '$[0]'), keep),
        ...(!body.retriesItself && retries(undefined, step)),
        ...onward,
      };
    case 'raw':
      return rawState(step, body.state, keep, onward);
  }
}

/** What of the result is kept, and where. */
function kept(
  name: string,
  selected: Template | undefined,
  keep: Keep,
): { ResultSelector?: Template; ResultPath?: string } {
  const field = dataName(name);
  if (keep === 'as data')
    return { ResultSelector: { steps: selected ? { [field]: selected } : { [`${field}.$`]: '$' } } };
  return { ...(selected && { ResultSelector: selected }), ...(keep === 'in data' && { ResultPath: resultPath(name) }) };
}

/** A name for each of the fields that later steps may refer to. */
const selector = (result: Result, root: string): Template =>
  Object.fromEntries(Object.entries(result).map(([name, path]) => [`${name}.$`, path.replace(/^\$/, root)]));

function retries(ofKind: readonly Retrier[] | undefined, { retry }: Step): { readonly Retry?: readonly Retrier[] } {
  const asked: Retrier[] = retry
    ? [
        {
          ErrorEquals: retry.on ?? ['States.ALL'],
          IntervalSeconds: Math.max(1, retry.delaySeconds),
          BackoffRate: retry.backoff,
          MaxAttempts: retry.times,
          ...(retry.maxDelaySeconds !== undefined && { MaxDelaySeconds: retry.maxDelaySeconds }),
          JitterStrategy: 'FULL',
        },
      ]
    : [];
  // Whatever matches all has to be the last.
  const own = (ofKind ?? []).filter(({ ErrorEquals }) => asked.length === 0 || !ErrorEquals.includes('States.ALL'));
  const all = [...own, ...asked];
  return all.length === 0 ? {} : { Retry: all };
}

/** States that know no ResultPath, or no `.$`, stand in a branch of their own. */
function rawState(step: Step, state: Readonly<Record<string, unknown>>, keep: Keep, onward: Onward): PipelineState {
  const { Parameters, Retry, ResultSelector, ...rest } = state;
  const own = Array.isArray(Retry) ? (Retry as Retrier[]) : undefined;
  const written = {
    ...rest,
    Type: String(state.Type),
    ...(Parameters !== undefined && { Parameters: template(Parameters as Record<string, unknown>) }),
  };
  const isWait = state.Type === 'Wait';
  if (!isWait && state.QueryLanguage !== 'JSONata') {
    // A Pass has no ResultSelector: all of the data comes with its result.
    const whole = state.Type === 'Pass' && keep === 'as data' ? { ResultPath: resultPath(step.name) } : undefined;
    return {
      ...written,
      ...(whole ?? kept(step.name, ResultSelector as Template | undefined, keep)),
      ...retries(own, step),
      ...onward,
    };
  }
  const name = `${step.name}: task`;
  return {
    Type: 'Parallel',
    Branches: [{ StartAt: name, States: { [name]: { ...written, ...(own && { Retry: own }), End: true } } }],
    ...kept(step.name, isWait ? {} : { 'output.$': '$[0]' }, keep),
    ...retries(undefined, step),
    ...onward,
  };
}

/** A state's name is one in the whole machine. */
export function prefixed(name: string, { StartAt, States }: Branch): Branch {
  const of = (state: string): string => `${name}: ${state}`;
  const renamed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(renamed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([field, one]: [string, unknown]) => [
        field,
        (field === 'Next' || field === 'Default') && typeof one === 'string' && one in States ? of(one) : renamed(one),
      ]),
    );
  };
  return {
    StartAt: of(StartAt),
    States: Object.fromEntries(
      Object.entries(States).map(([state, value]) => [of(state), renamed(value) as PipelineState]),
    ),
  };
}

import type { Json } from '../asl.js';
import type { HandlerFunctions } from '../run-spark-job.js';
import type { PipelineDescription } from './description.js';
import { emit } from './emit.js';
import { HANDED_OVER, handedOver } from './kinds/livy.js';
import type { Pipeline, Step } from './model.js';
import { needsOf } from './order.js';
import { type LateStep, type Plan, planOf } from './plan.js';
import { type Locate, Problems } from './problems.js';
import { readPipeline } from './read.js';
import { dataName, template } from './references.js';
import { scopesOf, TangledClustersError } from './scopes.js';
import { type Block, block, type Branch, branchOf, choice, type PipelineMachine } from './states.js';
import { factsOf, type Keep, prefixed, stepBlock, type Surroundings } from './step-state.js';

export interface CompileOptions {
  /** The Lambda functions of livywire, where the description does not name them. */
  readonly functions?: HandlerFunctions;
  /** What to call it, where the description has no name. @defaultValue `pipeline` */
  readonly name?: string;
  /** What the description is called in errors: the name of its file. @defaultValue `pipeline` */
  readonly source?: string;
  /** Of a description that was a text: where in it something stands. */
  readonly locate?: Locate;
}

/** A step as a picture shows it. */
export interface StepSummary {
  readonly name: string;
  readonly kind: string;
  readonly needs: readonly string[];
  readonly isForEach: boolean;
}

export interface CompiledPipeline {
  readonly name: string;
  /** What `CreateStateMachine` takes, once it is text. */
  readonly definition: PipelineMachine;
  readonly steps: readonly StepSummary[];
  readonly plan: Plan;
  /** Steps that begin later than they would have to. */
  readonly late: readonly LateStep[];
  /** Actions that the machine's role has to be allowed. */
  readonly permissions: readonly string[];
}

/** Of Step Functions, in bytes. */
const LARGEST = 1_048_576;
/** Events for runs of Livy; the rest is for the other steps. */
const FOR_RUNS = 20_000;

/**
 * Makes one state machine of a description. Nothing is sent anywhere.
 * @throws PipelineError with everything that is wrong, and where
 * @example
 * ```ts
 * const { definition } = compilePipeline({
 *   steps: {
 *     load: { kind: 'glue-job', job: 'load-sales' },
 *     tell: { kind: 'sns', needs: 'load', topic: 'arn:aws:sns:eu-west-1:123456789012:sales', message: 'sales are there' },
 *   },
 * });
 * ```
 */
export function compilePipeline(
  description: PipelineDescription | Readonly<Record<string, unknown>>,
  options: CompileOptions = {},
): CompiledPipeline {
  const { source = 'pipeline' } = options;
  const problems = new Problems(options.locate);
  const pipeline = readPipeline(description, problems, options);
  problems.throwAll(source);
  if (!pipeline) throw new TypeError('a description without a problem gave no pipeline');
  const { steps } = pipeline;
  const { plan, late } = arranged(pipeline, problems, source);

  const around: Surroundings = {
    historyShare: shareOf(steps),
    clusterId: (value) => (steps.get(value)?.kind === 'create-cluster' ? `\${steps.${value}.clusterId}` : value),
    ...(pipeline.functions && { functions: pipeline.functions }),
  };
  const makeStep = (name: string, keep: Keep): Block => {
    const step = steps.get(name) as Step;
    const problem = (field: string, message: string): void =>
      problems.add(['steps', name, ...field.split('.').filter((part) => part !== '')], message);
    checkWith(step, problem);
    return stepBlock(step, factsOf(step, around, problem), keep);
  };
  const blocks = emit(plan, makeStep);
  problems.throwAll(source);
  const definition = machineOf(pipeline, blocks);
  checkSize(definition, problems);
  problems.throwAll(source);
  return {
    name: pipeline.name,
    definition,
    steps: [...steps.values()].map(({ name, kind, foreach }) => ({
      name,
      kind,
      needs: [...(needsOf(steps).get(name) ?? [])],
      isForEach: foreach !== undefined,
    })),
    plan,
    late,
    permissions: [...new Set([...steps.values()].flatMap(({ row }) => row.permissions))].toSorted(),
  };
}

function arranged({ steps, clusters }: Pipeline, problems: Problems, source: string) {
  const needs = needsOf(steps);
  try {
    return planOf(needs, scopesOf(clusters, needs));
  } catch (error) {
    if (!(error instanceof TangledClustersError)) throw error;
    const [one, other] = error.clusters;
    problems.add(
      ['steps', one],
      `and ${other} live neither one within the other nor apart: let one be created after the other is terminated, or be terminated before it`,
      'name',
    );
    problems.throwAll(source);
    throw error;
  }
}

/** How many events a run of Livy may use before another execution goes on with it. */
function shareOf(steps: ReadonlyMap<string, Step>): number {
  const runs = [...steps.values()].filter(({ kind, foreach }) => kind === 'livy' && foreach === undefined).length;
  return Math.floor(FOR_RUNS / Math.max(1, runs));
}

/** A parameter under two names would be two truths. */
function checkWith(step: Step, problem: (field: string, message: string) => void): void {
  const { row, fields, with: more = {} } = step;
  if (Object.keys(more).length === 0) return;
  const facts = factsOf(
    step,
    { historyShare: 0, clusterId: (value) => value },
    () => undefined, // said where the step is made
  );
  const body = row.build(fields, facts);
  if (body.type !== 'task') return;
  const ours = Object.keys(body.parameters).map((name) => name.replace(/\.\$$/, ''));
  for (const name of Object.keys(more))
    if (ours.includes(name) && body.parameters[name] !== undefined && step.kind !== 'create-cluster')
      problem(`with.${name}`, 'is given by a field of the step already');
}

function machineOf(pipeline: Pipeline, blocks: readonly Block[]): PipelineMachine {
  const { steps, params, functions, timeoutSeconds, output } = pipeline;
  const lists: Record<string, readonly Json[]> = {};
  for (const { name, foreach } of steps.values())
    if (Array.isArray(foreach)) lists[dataName(name)] = foreach as readonly Json[];
  const required = Object.keys(params).filter((name) => params[name] === null);
  const defaults = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null)) as Record<
    string,
    Json
  >;
  const begin: Block[] = [
    block('Read the input', (onward) => ({
      Type: 'Pass',
      Parameters: { defaults, 'given.$': '$' },
      ...onward,
    })),
    block('Apply the defaults', (onward) => ({
      Type: 'Pass',
      Parameters: {
        'input.$': 'States.JsonMerge($.defaults, $.given, false)',
        steps: {},
        lists: template(lists),
      },
      ...onward,
    })),
    ...(required.length > 0 ? [isAllThere(required)] : []),
  ];
  const end = block('Results', (onward) => ({
    Type: 'Pass',
    Parameters: output ? template(output) : { 'steps.$': '$.steps' },
    ...(!output && { OutputPath: '$.steps' }),
    ...onward,
  }));
  const main = branchOf([...begin, ...blocks, end]);
  const hasRuns = [...steps.values()].some(({ kind }) => kind === 'livy');
  return {
    Comment: pipeline.comment ?? `The pipeline ${pipeline.name}`,
    ...(timeoutSeconds !== undefined && { TimeoutSeconds: timeoutSeconds }),
    ...(hasRuns && functions ? withHandOver(main, functions) : main),
  };
}

/** A parameter that is missing is told before anything begins. */
function isAllThere(names: readonly string[]): Block {
  const missing = 'A parameter is missing';
  const rules = choice(
    'Is all there',
    names.map((name) => ({ Variable: `$.input.${name}`, IsPresent: false, Next: missing })),
    'Parameters without a default',
  );
  return {
    start: rules.start,
    states: (onward) => ({
      ...rules.states(onward),
      [missing]: {
        Type: 'Fail',
        Error: 'ConfigError',
        Cause: `The input must have ${names.join(', ')}`,
      },
    }),
  };
}

/** The execution to which a run is handed does nothing but that. */
function withHandOver(main: Branch, functions: HandlerFunctions): Branch {
  const other = prefixed('Handed over', handedOver(functions));
  const start = 'What is to be done';
  return {
    StartAt: start,
    States: {
      [start]: {
        Type: 'Choice',
        Choices: [{ Variable: `$.${HANDED_OVER}`, IsPresent: true, Next: other.StartAt }],
        Default: main.StartAt,
      },
      ...main.States,
      ...other.States,
    },
  };
}

function checkSize(definition: PipelineMachine, problems: Problems): void {
  const bytes = Buffer.byteLength(JSON.stringify(definition));
  if (bytes > LARGEST)
    problems.add(
      ['steps'],
      `make a definition of ${bytes} bytes, and Step Functions takes ${LARGEST}: make pipelines of parts, and start them by steps of kind machine`,
      'name',
    );
}

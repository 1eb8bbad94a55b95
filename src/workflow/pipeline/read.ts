import { checkFunction } from '../check-options.js';
import type { HandlerFunctions } from '../run-spark-job.js';
import { readClusters } from './clusters.js';
import type { Pipeline, Step } from './model.js';
import { circles, needsOf } from './order.js';
import { type Problems, seen } from './problems.js';
import { clashes, readReferences } from './read-references.js';
import { readStep } from './read-step.js';
import { frame, readBy } from './shapes.js';
import { ConfigError } from '../../core/index.js';

export interface ReadOptions {
  readonly functions?: HandlerFunctions;
  readonly name?: string;
}

/**
 * Reads a description and finds everything that is wrong with it, as far as it goes without the rest.
 * @returns undefined where it is no pipeline; the problems say why
 */
export function readPipeline(
  description: unknown,
  problems: Problems,
  options: ReadOptions = {},
): Pipeline | undefined {
  if (typeof description !== 'object' || description === null || Array.isArray(description)) {
    problems.add([], `is ${seen(description)}; it should have steps, each under its name`);
    return undefined;
  }
  const given = description as Readonly<Record<string, unknown>>;
  const read = readBy(frame, given, { path: [], what: 'a pipeline', problems });
  const described = asGroup(given.steps);
  const names = Object.keys(described);
  if (asGroup(given.steps) === given.steps && names.length === 0)
    problems.add(['steps'], 'is empty; there should be a step at least');
  for (const [name, other] of clashes(names))
    problems.add(['steps', name], `cannot be told from ${other} in the data, where a dash is written _`, 'name');

  const known = { steps: names, params: Object.keys(asGroup(given.params)) };
  const found = names.map((name) => readStep(name, described[name], known, problems));
  const steps = new Map(found.flatMap(({ step }): [string, Step][] => (step ? [[step.name, step]] : [])));
  readReferences(given.output, ['output'], { ...known, isForEach: false }, problems);

  const { steps: withClusters, clusters } = readClusters(steps, problems);
  const asked = circles(new Map(names.map((name, i) => [name, found[i]?.needs ?? new Set<string>()])));
  // With what follows from clusters only where the rest is right: else one mistake is told twice.
  for (const circle of asked.length > 0 ? asked : circles(needsOf(withClusters))) {
    const [first = ''] = circle;
    problems.add(['steps', first], `is in a circle: ${[...circle, first].join(' needs ')}`, 'name');
  }
  const functions = functionsOf(read?.functions ?? options.functions, problems);
  if (read?.timeout !== undefined && clusters.length > 0)
    problems.add(
      ['timeout'],
      'would end the pipeline before its cluster can be terminated: give timeouts to the steps',
    );
  if (!read || !problems.isEmpty) return undefined;
  return {
    name: read.name ?? options.name ?? 'pipeline',
    ...(read.comment !== undefined && { comment: read.comment }),
    params: read.params ?? {},
    ...(functions && { functions }),
    ...(read.timeout !== undefined && { timeoutSeconds: read.timeout }),
    steps: withClusters,
    clusters,
    ...(read.output && { output: read.output }),
  };
}

const asGroup = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

function functionsOf(functions: HandlerFunctions | undefined, problems: Problems): HandlerFunctions | undefined {
  if (!functions) return undefined;
  for (const [handler, name] of Object.entries(functions)) {
    try {
      checkFunction(handler, name as string);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.add(
        ['functions', handler],
        `${JSON.stringify(name)} is neither the name nor the ARN of a Lambda function`,
      );
    }
  }
  return functions;
}

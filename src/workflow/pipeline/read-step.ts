import * as z from 'zod';
import { type KindName, kinds } from './kinds/index.js';
import type { StepKind, StepRetry } from './kinds/kind.js';
import type { Step } from './model.js';
import { meant, type Path, type Problems, seen } from './problems.js';
import { type Known, readReferences } from './read-references.js';
import { isReference } from './references.js';
import { type Common, common, readBy, withField } from './shapes.js';

const named = Object.keys(kinds).filter((name) => name !== 'task');

/** A state's name has at most 80 characters, and those in a step are longer by what they are. */
const stepName = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/;

/** What can be said of a step, even where it is wrong. */
export interface ReadStep {
  readonly needs: ReadonlySet<string>;
  /** Absent where it is wrong; then the problems say how. */
  readonly step?: Step;
}

export function readStep(name: string, value: unknown, known: Omit<Known, 'isForEach'>, problems: Problems): ReadStep {
  const path: Path = ['steps', name];
  if (!stepName.test(name))
    problems.add(path, 'is no name for a step: a letter, then letters, digits, - and _, 40 at most', 'name');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    problems.add(path, `is ${seen(value)}; it should be a step with a kind and its fields`);
    return { needs: new Set() };
  }
  const given = value as Readonly<Record<string, unknown>>;
  const needs = new Set([
    ...readNeeds(name, given.needs, known.steps, problems),
    ...readReferences(withoutForEach(given), path, { ...known, isForEach: given.foreach !== undefined }, problems),
    ...readReferences(given.foreach, [...path, 'foreach'], { ...known, isForEach: false }, problems),
  ]);
  const kind = kindOf(given, path, problems);
  if (kind === undefined) return { needs };
  const row = kinds[kind] as unknown as StepKind;
  const shape = z.strictObject({
    ...(kind !== 'task' && { kind: z.literal(kind) }),
    ...row.fields,
    ...common,
    ...(row.with !== undefined && withField),
  });
  const what = kind === 'task' ? 'a step with a task' : `a step of kind ${kind}`;
  const read = readBy(shape, given, { path, what, problems }) as
    (Common & Readonly<Record<string, unknown>>) | undefined;
  if (!read) return { needs };
  checkCommon(read, row, kind, path, problems);
  const fields = Object.fromEntries(Object.keys(row.fields).map((field) => [field, read[field]]));
  const step: Step = {
    name,
    kind,
    row,
    fields,
    needs,
    ...(read.with !== undefined && { with: read.with as Readonly<Record<string, unknown>> }),
    ...(read.retry && { retry: retryOf(read.retry) }),
    ...(read.timeout !== undefined && { timeoutSeconds: read.timeout }),
    ...(read.foreach !== undefined && { foreach: read.foreach }),
    ...(read.concurrency !== undefined && { concurrency: read.concurrency }),
    ...(read.comment !== undefined && { comment: read.comment }),
  };
  return { needs, step };
}

/** @returns those that there are */
function readNeeds(name: string, needs: unknown, known: readonly string[], problems: Problems): readonly string[] {
  const list: readonly unknown[] = Array.isArray(needs) ? needs : needs === undefined ? [] : [needs];
  return list.flatMap((one, i) => {
    if (typeof one !== 'string' || one === '') return []; // the shape says so
    const path = ['steps', name, 'needs', ...(Array.isArray(needs) ? [i] : [])];
    if (one === name) problems.add(path, 'is the step itself');
    else if (!known.includes(one)) problems.add(path, `names no step: ${one}; ${meant(one, known)}`);
    else return [one];
    return [];
  });
}

function kindOf(given: Readonly<Record<string, unknown>>, path: Path, problems: Problems): KindName | undefined {
  const { kind } = given;
  if (kind === undefined && 'task' in given) return 'task';
  if (typeof kind === 'string' && named.includes(kind)) return kind as KindName;
  if (kind === undefined)
    problems.add([...path, 'kind'], `is missing: one of ${named.join(', ')}, or task: with a state`);
  else if (typeof kind === 'string') problems.add([...path, 'kind'], `${kind} is not known; ${meant(kind, named)}`);
  else problems.add([...path, 'kind'], `is ${seen(kind)}; it should be one of ${named.join(', ')}`);
  return undefined;
}

const withoutForEach = ({ foreach: _list, needs: _needs, ...rest }: Readonly<Record<string, unknown>>) => rest;

function checkCommon(read: Common, row: StepKind, kind: KindName, path: Path, problems: Problems): void {
  if (typeof read.foreach === 'string' && !isReference(read.foreach))
    problems.add([...path, 'foreach'], 'is a text; it should be a list, or a reference to one, as in ${input.tables}');
  if (read.concurrency !== undefined && read.foreach === undefined)
    problems.add([...path, 'concurrency'], 'has no meaning without foreach');
  if (row.once && read.foreach !== undefined)
    problems.add([...path, 'foreach'], `cannot be given to a ${kind} step: there is one of it`);
  if (row.timeout === false && read.timeout !== undefined)
    problems.add(
      [...path, 'timeout'],
      kind === 'task' ? 'stands in the state itself: TimeoutSeconds' : `cannot be given to a ${kind} step`,
    );
}

const retryOf = (given: NonNullable<Common['retry']>): StepRetry => {
  const { times, delay, backoff, maxDelay, on } = given as Extract<typeof given, { delay?: unknown }>;
  return {
    times,
    delaySeconds: delay ?? 60,
    backoff: backoff ?? 2,
    ...(maxDelay !== undefined && { maxDelaySeconds: maxDelay }),
    ...(on && { on }),
  };
};

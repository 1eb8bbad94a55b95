/**
 * `${input.date}` in a description becomes a path of the machine's data: `$.input.date`. A value that is nothing but a reference
 * keeps its type; in a longer text it is put in by `States.Format`.
 */
import type { Json, Template } from '../asl.js';

/** A reference that stands in a value. */
export interface Reference {
  /** As it was written, without `${}`. */
  readonly text: string;
  /** The step it is of, where it is of one. */
  readonly step?: string;
  /** The parameter it names. */
  readonly param?: string;
  readonly isOfItem: boolean;
  /** The path it becomes. */
  readonly path: string;
}

const pattern = /\$?\$\{([^}]*)\}/g;
const grammar = /^([A-Za-z]\w*)((?:\.[A-Za-z_][\w-]*|\[\d+\])*)$/;
const named = /^\.([A-Za-z_][\w-]*)/;

const ofExecution: Readonly<Record<string, string>> = {
  id: '$$.Execution.Id',
  name: '$$.Execution.Name',
  startTime: '$$.Execution.StartTime',
};

const roots = ['input', 'params', 'steps', 'item', 'index', 'execution'] as const;

/** The name under which a step's result stands in the data: JSONPath takes a dash for a minus. */
export const dataName = (step: string): string => step.replaceAll('-', '_');

/** `.a-b` cannot be written with a dot. */
const asPath = (rest: string): string => rest.replaceAll(/\.([A-Za-z_]\w*-[\w-]*)/g, "['$1']");

/** @returns what is wrong with it, as a sentence that may follow the reference */
export function readReference(text: string): Reference | string {
  const [, root, rest = ''] = grammar.exec(text) ?? [];
  const [, first] = named.exec(rest) ?? [];
  switch (root as (typeof roots)[number] | undefined) {
    case 'input':
      return { text, isOfItem: false, path: `$.input${asPath(rest)}` };
    case 'params':
      if (first === undefined) return 'needs a name, as in ${params.date}';
      return { text, isOfItem: false, param: first, path: `$.input${asPath(rest)}` };
    case 'steps':
      if (first === undefined) return 'needs the name of a step, as in ${steps.load.runId}';
      return {
        text,
        isOfItem: false,
        step: first,
        path: `$.steps.${dataName(first)}${asPath(rest.slice(first.length + 1))}`,
      };
    case 'item':
      return { text, isOfItem: true, path: `$.item${asPath(rest)}` };
    case 'index':
      return rest === '' ? { text, isOfItem: true, path: '$.index' } : 'is a number: write ${index}';
    case 'execution': {
      const path = Object.hasOwn(ofExecution, first ?? '') ? ofExecution[first ?? ''] : undefined;
      if (path === undefined || rest !== `.${first}`)
        return `is not known: there are ${Object.keys(ofExecution)
          .map((name) => `\${execution.${name}}`)
          .join(', ')}`;
      return { text, isOfItem: false, path };
    }
    case undefined:
      return 'is no reference: write a name and fields, as in ${input.date} or ${steps.load.runId}';
    default:
      return `begins with none of ${roots.join(', ')}`;
  }
}

export const isReference = (text: string): boolean => /^\$\{[^}]*\}$/.test(text);

/** The references of a text, each as `readReference` says. `$${` is no reference. */
export const referencesIn = (text: string): readonly (Reference | string)[] =>
  [...text.matchAll(pattern)]
    .filter(([whole]) => !whole.startsWith('$$'))
    .map(([, inner = '']) => readReference(inner));

/** A text as a literal of an intrinsic function. */
const literal = (text: string): string => `'${text.replaceAll(/['{}\\]/g, '\\$&')}'`;

const pathOf = (inner: string): string => {
  const read = readReference(inner);
  if (typeof read === 'string') throw new RangeError(`\${${inner}} ${read}`); // found when the description was read
  return read.path;
};

/** A path or an intrinsic function for a text that has references in it. */
function expressionOf(text: string): string | undefined {
  const parts: string[] = [];
  const paths: string[] = [];
  let at = 0;
  for (const { 0: whole, 1: inner = '', index } of text.matchAll(pattern)) {
    parts.push(text.slice(at, index));
    at = index + whole.length;
    if (whole.startsWith('$$')) parts.push(whole.slice(1));
    else {
      parts.push('\0');
      paths.push(pathOf(inner));
    }
  }
  if (paths.length === 0) return undefined;
  parts.push(text.slice(at));
  const said = parts.join('');
  if (said === '\0') return paths[0];
  return `States.Format(${[literal(said).replaceAll('\0', '{}'), ...paths].join(', ')})`;
}

/** A value of a description, as a field of a template. */
type Filled = { readonly value: Json | Template } | { readonly expression: string };

const unescaped = (text: string): string => text.replaceAll('$${', '${');

/** A constant as an argument of an intrinsic function. */
const constant = (value: Json | Template): string =>
  typeof value === 'string'
    ? literal(value)
    : typeof value === 'object' && value !== null
      ? `States.StringToJson(${literal(JSON.stringify(value))})`
      : String(value);

const isTemplate = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).some(([name, one]) => name.endsWith('.$') || isTemplate(one));

/** @throws RangeError for a list that ASL cannot say: with references, and groups with references, side by side */
export function fill(value: unknown): Filled {
  if (typeof value === 'string') {
    const expression = expressionOf(value);
    return expression === undefined ? { value: unescaped(value) } : { expression };
  }
  if (Array.isArray(value)) {
    const filled = value.map(fill);
    const constants = filled.flatMap((one) => ('value' in one ? [one.value] : []));
    if (constants.length === filled.length) return { value: constants as readonly Json[] };
    if (constants.some(isTemplate)) throw new RangeError(MIXED);
    return {
      expression: `States.Array(${filled.map((one) => ('value' in one ? constant(one.value) : one.expression)).join(', ')})`,
    };
  }
  if (typeof value === 'object' && value !== null)
    return { value: template(value as Readonly<Record<string, unknown>>) };
  return { value: value as Json };
}

const MIXED =
  'mixes references and groups that hold references; the States Language has no way to say that: make all of them groups, or none';

/** Fields with references, as `Parameters` takes them. A name that ends in `.$` is taken as it stands. */
export function template(fields: Readonly<Record<string, unknown>>): Template {
  const entries = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, Json | Template] => {
      if (name.endsWith('.$')) return [name, value as string];
      const filled = fill(value);
      return 'value' in filled ? [name, filled.value] : [`${name}.$`, filled.expression];
    });
  return Object.fromEntries(entries);
}

import { ConfigError, type JobSpec } from '../../core/index.js';
import type { Environment } from '../environment.js';
import { Fields } from '../fields.js';
import { checkJob } from '../payload.js';
import type { Happening } from './happening.js';

/** What an event starts. Every text in it may hold placeholders: `{uri}`, `{date}`, `{event.detail.name}`; `{{` is a brace. */
export interface JobTemplate {
  readonly job: JobSpec;
  /** Where its `_SUCCESS` has to be written. */
  readonly output?: string;
  /** What has to be there before it is sent. */
  readonly inputs?: readonly string[];
}

/** A template, its job alone, or a function that makes one; where that gives nothing, nothing is started. */
export type JobForEvents = JobSpec | JobTemplate | ((happening: Happening) => JobSpec | JobTemplate | undefined);

/** Makes the job of an event. `undefined`: it starts none. @throws ConfigError naming the placeholder or the field */
export type MakeJob = (happening: Happening) => JobTemplate | undefined;

const PLACEHOLDER = /\{\{|\}\}|\{([A-Za-z][\w.-]*)\}/g;

/** @throws ConfigError where there is no template, or it is none */
export function templateOf(given: JobForEvents | undefined, env: Environment): MakeJob {
  const [template, name] = given === undefined ? [fromEnvironment(env), 'LIVYWIRE_JOB'] : [given, 'job'];
  if (typeof template === 'function') {
    return (happening) => {
      const made = template(happening);
      return made === undefined ? undefined : checked(made, name);
    };
  }
  return (happening) => checked(filled(template, happening, name), name);
}

function fromEnvironment({ LIVYWIRE_JOB: text }: Environment): JobSpec | JobTemplate {
  const wrong = (why: string): never => {
    throw new ConfigError(`LIVYWIRE_JOB ${why}, as in {"file": "s3://bucket/etl.py", "args": ["{uri}"]}`, {
      field: 'LIVYWIRE_JOB',
    });
  };
  if (text === undefined || text === '') return wrong('is not set: it says which job an event starts');
  try {
    return JSON.parse(text) as JobSpec | JobTemplate;
  } catch {
    return wrong('is not JSON; it should be a job');
  }
}

function checked(given: JobSpec | JobTemplate, name: string): JobTemplate {
  const fields = new Fields(given, name);
  if (fields.raw('job') === undefined) {
    checkJob(given as JobSpec, name);
    return { job: given as JobSpec };
  }
  fields.only(['job', 'output', 'inputs']);
  const [output, inputs] = [fields.text('output'), fields.texts('inputs')];
  const { job } = given as JobTemplate;
  checkJob(job, `${name}.job`);
  return { job, ...(output !== undefined && { output }), ...(inputs && { inputs }) };
}

/** The same value with every text filled in. */
function filled<T>(value: T, happening: Happening, path: string): T {
  const fill = (one: unknown, at: string): unknown => {
    if (typeof one === 'string')
      return one.replace(PLACEHOLDER, (whole, name?: string) => textOf(whole, name, happening, at));
    if (Array.isArray(one)) return one.map((item, i) => fill(item, `${at}[${i}]`));
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([name, item]) => [name, fill(item, `${at}.${name}`)]));
  };
  return fill(value, path) as T;
}

function textOf(whole: string, name: string | undefined, happening: Happening, at: string): string {
  if (name === undefined) return whole.slice(0, 1);
  const value = name.startsWith('event.')
    ? inside(happening.event, name.split('.').slice(1))
    : Object.hasOwn(happening.fields, name)
      ? happening.fields[name]
      : undefined;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  const known = Object.keys(happening.fields).join(', ');
  throw new ConfigError(
    `${at}: this event has no {${name}}; it has ${known}, and its own fields as {event.…}. For a brace write {{`,
    { field: at },
  );
}

const inside = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (at, name) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, name)
        ? (at as Readonly<Record<string, unknown>>)[name]
        : undefined,
    value,
  );

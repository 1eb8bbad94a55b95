import { closestMatch } from 'leven';
import { ConfigError } from '../core/index.js';
import {
  type Check,
  duration,
  listOf,
  livyName,
  oneOf,
  settings,
  shown,
  size,
  text,
  uri,
  wholeNumber,
  word,
  wrong,
} from './check-values.js';
import type { CompletionRequest, CreateBatch, CreateSession, CreateStatement, SessionKind } from './wire.js';

type Checks<T> = { readonly [F in keyof Required<T>]: Check };

const shared = {
  name: livyName,
  jars: listOf(uri),
  pyFiles: listOf(uri),
  files: listOf(uri),
  archives: listOf(uri),
  driverMemory: size,
  driverCores: wholeNumber(1),
  executorMemory: size,
  executorCores: wholeNumber(1),
  numExecutors: wholeNumber(1),
  queue: word,
  proxyUser: word,
} satisfies Partial<Checks<CreateBatch>>;

const batchChecks: Checks<CreateBatch> = {
  file: uri,
  className: word,
  args: listOf(text),
  ...shared,
  conf: settings(['spark.']),
};

// A label for people never reaches Livy, so Livy's rule for names is not its rule.
const specChecks: Checks<CreateBatch> = { ...batchChecks, name: text };

const KINDS: readonly SessionKind[] = ['spark', 'pyspark', 'sparkr', 'sql', 'shared'];
const kind = oneOf(KINDS);

const sessionChecks: Checks<CreateSession> = {
  ...shared,
  kind,
  // livy.rsc.* are settings of the session itself, and EMR Serverless takes its role in one of its own.
  conf: settings(['spark.', 'livy.', 'emr-serverless.']),
  heartbeatTimeoutInSecond: wholeNumber(0),
  ttl: duration,
  idleTimeout: duration,
};

const statementChecks: Checks<CreateStatement> = { code: text, kind };
const completionChecks: Checks<CompletionRequest> = { code: text, cursor: wholeNumber(0), kind };

/** Names from spark-submit and other clients, no typing error away from Livy's. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  class: 'className',
  mainclass: 'className',
  application: 'file',
  applicationfile: 'file',
  arguments: 'args',
  appname: 'name',
  properties: 'conf',
  sparkconf: 'conf',
  user: 'proxyUser',
};

const bare = (name: string): string => name.replace(/[-_\s]/g, '').toLowerCase();

function rightName(name: string, known: readonly string[]): string | undefined {
  const plain = bare(name);
  const other = OTHER_NAMES[plain];
  if (other !== undefined && known.includes(other)) return other;
  const near = closestMatch(plain, known.map(bare), { maxDistance: plain.length > 4 ? 2 : 1 });
  return known.find((one) => bare(one) === near);
}

function check(
  body: unknown,
  checks: Readonly<Record<string, Check>>,
  what: string,
  required: readonly string[],
): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ConfigError(`${what} must be an object, not ${shown(body)}`);
  }
  const known = Object.keys(checks);
  for (const [field, value] of Object.entries(body)) {
    const one = Object.hasOwn(checks, field) ? checks[field] : undefined;
    if (!one) {
      const near = rightName(field, known);
      const hint = near === undefined ? `; known are ${known.join(', ')}` : `; did you mean "${near}"?`;
      throw wrong(field, `is not a field of ${what}${hint}`);
    }
    if (value !== undefined) one(value, field);
  }
  for (const field of required) {
    if ((body as Record<string, unknown>)[field] === undefined) throw wrong(field, `is missing from ${what}`);
  }
}

/** spark-submit refuses 0 executors, unless Spark is to ask for them by itself. */
const withExecutors = (checks: Checks<CreateBatch>, conf: CreateBatch['conf']): Checks<CreateBatch> =>
  String(conf?.['spark.dynamicAllocation.enabled']) === 'true' ? { ...checks, numExecutors: wholeNumber(0) } : checks;

/** What Livy would refuse, found before it is sent. @throws ConfigError naming the field */
export const checkBatch = (body: CreateBatch): void =>
  check(body, withExecutors(batchChecks, body?.conf), 'a batch', ['file']);

/** As {@link checkBatch}, for a spec whose `name` is a label. @throws ConfigError naming the field */
export const checkSpec = (spec: Omit<CreateBatch, 'name'> & { readonly name?: string }): void =>
  check(spec, withExecutors(specChecks, spec?.conf), 'a job', ['file']);

/** @throws ConfigError naming the field */
export const checkSession = (body: CreateSession): void => check(body, sessionChecks, 'a session', []);

/** @throws ConfigError naming the field */
export const checkStatement = (body: CreateStatement): void => check(body, statementChecks, 'a statement', ['code']);

/** @throws ConfigError naming the field */
export const checkCompletion = (body: CompletionRequest): void =>
  check(body, completionChecks, 'a completion', ['code', 'cursor']);

/** Livy's conf is text to text; it reads numbers and booleans too, but shows them back as text. */
export function confAsText(conf: CreateBatch['conf']): Readonly<Record<string, string>> | undefined {
  return conf && Object.fromEntries(Object.entries(conf).map(([key, value]) => [key, String(value)]));
}

import type { Run, Runs } from '../app/index.js';
import type { RunAnswer } from './answer.js';
import { Fields } from './fields.js';
import type { Invocation } from './invocation.js';
import { keyIn, refIn, runOf } from './payload.js';
import { runsAt } from './services.js';

/** A call about a run that is there: by the last answer, by its ref, or by its key. */
export interface AskedFor {
  readonly fields: Fields;
  readonly before: RunAnswer | undefined;
  readonly run: Run;
  readonly runs: Runs;
}

/** @throws ConfigError naming the field, RunNotFoundError for a key that the ledger does not hold */
export async function runAskedFor(event: unknown, call: Invocation): Promise<AskedFor> {
  const fields = new Fields(event);
  const answered = runOf(fields);
  const ref = answered?.ref ?? (fields.raw('ref') === undefined ? undefined : refIn(fields));
  // Where the answer named submit, its task has waited in vain for a word: what it began is not in that answer, which may be of an
  // attempt that had ended before.
  const key = ref === undefined || answered?.next === 'submit' ? keyIn(fields)?.key : undefined;
  const asked = key ?? ref ?? fields.wrong('run', 'the answer of submit; or give its ref, its key, or its execution');
  const services = await call.services();
  const known = typeof asked === 'string' ? (await services.runs.find(asked)).ref : asked;
  const isOfAnother = ref !== undefined && known.name !== ref.name;
  const before = answered && isOfAnother ? ({ v: 1, next: 'submit', events: answered.events } as const) : answered;
  const runs = await runsAt(services, known.endpoint);
  return { fields, before, run: runs.attach(known), runs };
}

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
  const before = runOf(fields);
  const ref = before?.ref ?? (fields.raw('ref') === undefined ? undefined : refIn(fields));
  const key =
    ref?.key ??
    keyIn(fields)?.key ??
    fields.wrong('run', 'the answer of submit; or give its ref, its key, or its execution');
  const services = await call.services();
  const known = ref ?? (await services.runs.find(key)).ref;
  const runs = await runsAt(services, known.endpoint);
  return { fields, before, run: runs.attach(known), runs };
}

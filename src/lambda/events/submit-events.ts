import type { RunRef } from '../../core/index.js';
import { eachOf } from '../each-of.js';
import type { Invocation } from '../invocation.js';
import { submitRun } from '../submit-run.js';
import { clean, handlerError } from '../thrown.js';
import type { SubmitEventAnswer } from './answer.js';
import type { Item, Source } from './happening.js';
import type { MakeJob } from './template.js';

const AT_ONCE = 8;
const REFS_SHOWN = 20;

/** What became of one item. */
interface Taken {
  readonly item: Item;
  readonly started: number;
  readonly adopted: number;
  readonly refs: readonly RunRef[];
  /** Why it has to come again. */
  readonly error?: Error;
}

/**
 * Starts a run for each thing that the source tells of. How an ended one ended is no concern of whoever tells of it again.
 * @throws the first error, where the source sends all of it again
 */
export async function submitEvents(call: Invocation, source: Source, makeJob: MakeJob): Promise<SubmitEventAnswer> {
  const taken = await eachOf(source.items, AT_ONCE, (item) => take(call, item, makeJob));
  const failed = taken.filter(({ error }) => error !== undefined);
  for (const { error, item } of failed) if (error) call.telemetry.failed(error, { item: item.id });
  const [first] = failed;
  if (first?.error && source.kind === 'event') {
    const more = taken.length === 1 ? '' : ` (${failed.length} of ${taken.length} failed, and all will come again)`;
    throw handlerError(first.error.name, `${first.error.message}${more}`);
  }
  const sum = (of: (one: Taken) => number): number => taken.reduce((all, one) => all + of(one), 0);
  return {
    v: 1,
    started: sum(({ started }) => started),
    adopted: sum(({ adopted }) => adopted),
    failed: failed.length,
    runs: taken.flatMap(({ refs }) => refs).slice(0, REFS_SHOWN),
    ...(source.kind === 'batch' && {
      batchItemFailures: failed.map(({ item }) => ({ itemIdentifier: item.id })),
    }),
  };
}

/** All of what an item tells of, so that one that cannot be read keeps nothing else from starting. */
async function take(call: Invocation, item: Item, makeJob: MakeJob): Promise<Taken> {
  const refs: RunRef[] = [];
  const count = { started: 0, adopted: 0, pending: 0 };
  let error: Error | undefined;
  try {
    const happenings = item.happenings();
    if (happenings.length === 0) call.telemetry.log('INFO', 'it tells of nothing that starts a run', { item: item.id });
    for (const happening of happenings) {
      const made = makeJob(happening);
      if (!made) continue;
      if (call.signal.aborted) throw handlerError('SubmitUnknownError', 'Pending: there was no time to begin it');
      const { how, answer } = await submitRun(call, { ...made, key: happening.key, attempt: 1 });
      count[how] += 1;
      if (answer.ref) refs.push(answer.ref);
      if (how === 'pending') error = handlerError('SubmitUnknownError', `Pending: ${answer.reason ?? ''}`);
    }
  } catch (caught) {
    error = clean(caught);
  }
  return { item, started: count.started, adopted: count.adopted, refs, ...(error && { error }) };
}

import { checkSpec } from '../app/index.js';
import { ConfigError, type JobSpec, type RunRef } from '../core/index.js';
import type { Next, RunAnswer } from './answer.js';
import type { LambdaContext } from './context.js';
import { cut } from './cut.js';
import { Fields } from './fields.js';
import { keyOf, keyOfExecution, triesAgain } from './keys.js';
import type { Execution, RunPayload } from './payload-types.js';

/** A checked submit: what runs under which key. */
export interface SubmitRequest {
  readonly job: JobSpec;
  readonly key: string;
  /** The highest attempt that may be started. */
  readonly attempt: number;
  readonly output?: string;
  readonly inputs?: readonly string[];
  readonly timeoutSeconds?: number;
  readonly run?: RunAnswer;
  readonly taskToken?: string;
  /** Why another handler failed, in words. */
  readonly trouble?: string;
}

const NEXTS: ReadonlySet<unknown> = new Set<Next>(['submit', 'status', 'cancel', 'hand-over', 'done']);

/** @throws ConfigError naming the field */
function executionOf(event: Fields): Execution | undefined {
  const given = event.object('execution');
  if (!given) return undefined;
  const arn = given.mustText('arn');
  const state = given.mustText('state');
  const [index, redriveCount, retries] = (['index', 'redriveCount', 'retries'] as const).map((name) =>
    given.whole(name, 0),
  );
  return {
    arn,
    state,
    ...(index !== undefined && { index }),
    ...(redriveCount !== undefined && { redriveCount }),
    ...(retries !== undefined && { retries }),
  };
}

/** The last answer, as far as the handlers read it. @throws ConfigError naming the field */
export function runOf(event: Fields): RunAnswer | undefined {
  const run = event.object('run');
  if (!run) return undefined;
  if (run.raw('v') !== undefined && run.raw('v') !== 1) run.wrong('v', '1, as an answer of this version has it');
  const next = run.raw('next');
  if (!NEXTS.has(next)) run.wrong('next', `one of ${[...NEXTS].join(', ')}`);
  if (run.raw('ref') !== undefined) refIn(run);
  const events = run.whole('events', 0) ?? 0;
  // Whoever wrote it was a handler of ours, perhaps of another version: more than is read here need not be understood.
  return { ...(event.raw('run') as RunAnswer), v: 1, next: next as Next, events };
}

/** The engine checks the rest of it. */
export function refIn(fields: Fields): RunRef {
  const ref = fields.object('ref');
  if (!ref) return fields.wrong('ref', 'the ref that submit answered');
  for (const name of ['key', 'name', 'endpoint', 'createdAt']) ref.mustText(name);
  return fields.raw('ref') as RunRef;
}

const knownFields: readonly (keyof RunPayload)[] = [
  'job',
  'key',
  'attempt',
  'execution',
  'output',
  'inputs',
  'timeoutSeconds',
  'run',
  'taskToken',
  'trouble',
];

/** Whose run it is, given so or by where the call came from. */
export function keyIn(event: Fields): { readonly key: string; readonly attempt: number } | undefined {
  const execution = executionOf(event);
  const key = event.text('key') ?? (execution && keyOfExecution(execution));
  const attempt = event.count('attempt', 1);
  if (key !== undefined) return { key, attempt: (attempt ?? 1) + (execution ? triesAgain(execution) : 0) };
  if (attempt === undefined) return undefined;
  throw new ConfigError('attempt needs key, the key of the run to try again', { field: 'attempt' });
}

/** A machine whose task waits puts its token beside the event. */
export function unpacked(payload: unknown): unknown {
  if (typeof payload !== 'object' || payload === null || !('taskToken' in payload) || !('event' in payload))
    return payload;
  const { taskToken, event } = payload;
  return typeof event === 'object' && event !== null ? { ...event, taskToken } : payload;
}

/** @throws ConfigError naming the field */
export function submitRequestOf(payload: unknown, context: LambdaContext | undefined): SubmitRequest {
  const event = new Fields(payload).only(knownFields);
  if (!event.object('job'))
    event.wrong('job', 'what to run, as in {"file": "s3://bucket/job.py", "args": ["--day", "2026-11-23"]}');
  checkJob(event.raw('job') as JobSpec);
  const [output, inputs] = [event.text('output'), event.texts('inputs')];
  const timeoutSeconds = event.whole('timeoutSeconds', 1);
  const run = runOf(event);
  const [taskToken, trouble] = [event.text('taskToken'), troubleIn(event)];
  return {
    job: event.raw('job') as JobSpec,
    ...(keyIn(event) ?? { key: keyOfRequest(context), attempt: 1 }),
    ...(output !== undefined && { output }),
    ...(inputs && { inputs }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(run && { run }),
    ...(taskToken !== undefined && { taskToken }),
    ...(trouble !== undefined && { trouble }),
  };
}

/** As Step Functions writes it down: a cause is often text of JSON with the message in it. */
function troubleIn(event: Fields): string | undefined {
  const given = event.object('trouble');
  if (!given) return undefined;
  const [error, cause] = [given.text('Error') ?? 'Error', given.text('Cause')];
  return cut(cause === undefined ? error : `${error}: ${messageIn(cause)}`, 300);
}

function messageIn(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { readonly errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}

/** A field of the job as the caller knows it: `job.driverMemory`. @throws ConfigError */
export function checkJob(job: JobSpec, path = 'job'): void {
  try {
    checkSpec(job);
  } catch (error) {
    if (!(error instanceof ConfigError) || error.field === undefined) throw error;
    throw new ConfigError(`${path}: ${error.message}`, { field: `${path}.${error.field}` });
  }
}

/** Lambda delivers an asynchronous call again under the id that it had. */
function keyOfRequest(context: LambdaContext | undefined): string {
  const { awsRequestId, functionName = 'function' } = context ?? {};
  if (awsRequestId !== undefined) return keyOf('lambda', functionName, awsRequestId);
  throw new ConfigError('key is missing, and without a request id of Lambda there is nothing to take in its place', {
    field: 'key',
  });
}

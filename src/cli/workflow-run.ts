import { randomUUID } from 'node:crypto';
import { loadLocal } from '../app/index.js';
import { ConfigError, plainLine } from '../core/index.js';
import type { Context } from './define.js';
import { exitCodes } from './exit-code.js';

export interface LocalRun {
  readonly machine: string;
  readonly definition: object;
  readonly input: unknown;
  /** The local instance. */
  readonly instance: string | undefined;
  /** Where the handlers' bundles are. */
  readonly bundles: string | undefined;
  readonly prefix: string | undefined;
}

/** JSON, or the name of a file with it; `-` is stdin. @throws ConfigError */
export async function inputOf(given: string, { io, readFile }: Pick<Context, 'io' | 'readFile'>): Promise<unknown> {
  const text = /^\s*\{/.test(given) ? given : given === '-' ? await io.readStdin() : await readFile(given);
  if (text === undefined) throw new ConfigError(`--input: there is no file ${given}`, { field: '--input' });
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ConfigError(`--input is not JSON: ${(error as Error).message}`, { field: '--input', cause: error });
  }
}

/** Executes a machine on this machine's stack, and says each state as it is entered. */
export async function runLocally(run: LocalRun, { out, io, signal }: Context): Promise<number> {
  const { deployHandlers, findInstance, StepFunctions } = await loadLocal();
  const instance = await findInstance(run.instance);
  const { aws } = instance;
  if (!aws)
    throw new ConfigError(`${instance.name} has no AWS; livywire local up --aws --name <another> starts one`, {
      field: '--name',
    });
  const { runtime } = await deployHandlers(instance, {
    signal,
    report: (message) => out.note(message),
    ...(run.bundles !== undefined && { bundles: run.bundles }),
    ...(run.prefix !== undefined && { prefix: run.prefix }),
  });
  out.note(`functions run by ${runtime === 'node' ? "plain Node, in the place of AWS's own runtime" : runtime}`);
  const steps = new StepFunctions(aws, io.clock);
  const name = `${run.machine}-${randomUUID().slice(0, 8)}`;
  const arn = await steps.start(await steps.put(run.machine, run.definition), name, run.input);
  out.note(`execution ${arn}`);
  const startedAt = io.clock.now();
  let last = '';
  for await (const { type, stateEnteredEventDetails, taskFailedEventDetails: failed } of steps.follow(arn, {
    signal,
  })) {
    const entered = stateEnteredEventDetails?.name ?? '';
    // What waits and chooses says nothing; a status that is asked again and again, only once.
    const line = type === 'TaskStateEntered' ? entered : failed && `${last}: ${failed.error ?? type}`;
    if (line === undefined || line === last) continue;
    out.note(`${Math.round((io.clock.now() - startedAt) / 1_000)}s`.padStart(5) + `  ${line}`);
    if (!failed) last = line;
  }
  return tell(await steps.describe(arn), out);
}

interface Ended {
  readonly executionArn: string;
  readonly status: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** The error's name says what kind of end it was: classes of ours end in Error, a code of a diagnosis is in capitals. */
function codeOf({ status, error = '' }: Ended): number {
  if (status === 'SUCCEEDED') return exitCodes.succeeded;
  if (error === 'RunCancelled' || error === 'RunTimedOut' || status === 'ABORTED') return exitCodes.cancelled;
  if (error === 'RunLost') return exitCodes.lost;
  if (/^[A-Z0-9_]+$/.test(error)) return exitCodes.failed;
  return error === 'ConfigError' || error === 'KeyConflictError' ? exitCodes.usage : exitCodes.outOfReach;
}

function tell(ended: Ended, out: Context['out']): number {
  const { executionArn, status, error, cause } = ended;
  const output = ended.output === undefined ? undefined : (JSON.parse(ended.output) as unknown);
  out.result([status, error].filter((word) => word !== undefined).join('  '));
  out.result(...[...wordsOf(cause), ...linesOf(output)].map((line) => `  ${plainLine(line)}`));
  out.document({ v: 1, kind: 'execution', executionArn, status, output, error, cause });
  return codeOf(ended);
}

/** Of an answer of our handlers what people want to know; anything else as it is. */
function linesOf(output: unknown): string[] {
  if (output === undefined) return [];
  const { ref, outcome } = output as {
    readonly ref?: { readonly key: string; readonly attempt: number; readonly appId?: string };
    readonly outcome?: {
      readonly output?: { readonly path: string; readonly objects: number; readonly bytes: number };
    };
  };
  if (!ref) return JSON.stringify(output, undefined, 1).split('\n');
  const wrote = outcome?.output;
  return [
    `${ref.appId ?? 'no application'}, attempt ${ref.attempt} of ${ref.key}`,
    ...(wrote ? [`output ${wrote.path}: objects ${wrote.objects}, bytes ${wrote.bytes}`] : []),
  ];
}

/** Lambda's cause is JSON with the message and the stack of what was thrown; people read the message. */
function wordsOf(cause: string | undefined): string[] {
  if (cause === undefined) return [];
  try {
    const { errorMessage } = JSON.parse(cause) as { readonly errorMessage?: string };
    return (errorMessage ?? cause).split('\n');
  } catch {
    return cause.split('\n');
  }
}

/**
 * The service behind durable functions, as far as it matters here: it keeps an execution's operations, calls the function anew when a wait is
 * over, in time that takes none, and counts. AWS's own SDK runs on it, through the port that it has for other transports. What AWS does
 * beyond its documentation is not known here.
 */
import {
  type DurableExecutionClient,
  DurableExecutionInvocationInputWithClient,
  type DurableLambdaHandler,
  InvocationStatus,
} from '@aws/durable-execution-sdk-js';
import type { TestClock } from '../../src/testing/index.js';
import type { LambdaContext } from '../../src/lambda/index.js';

type CheckpointRequest = Parameters<DurableExecutionClient['checkpoint']>[0];
type Update = NonNullable<CheckpointRequest['Updates']>[number];
type Operation = NonNullable<
  ConstructorParameters<typeof DurableExecutionInvocationInputWithClient>[0]['InitialExecutionState']['Operations']
>[number];
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Of an execution, as AWS's quotas say. */
const MOST_OPERATIONS = 3_000;
const LARGEST_CHECKPOINT = 256 * 1024;

/** What an execution came to. */
export interface Ended {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly result?: unknown;
  readonly error?: { readonly ErrorType?: string; readonly ErrorMessage?: string };
  readonly arn: string;
  /** Each, and each try of it once more. */
  readonly operations: number;
  readonly invocations: number;
  /** Of each operation by its name, how often it was tried. */
  readonly tries: Readonly<Record<string, number>>;
  /** The most that one checkpoint held, and all of them together, in bytes. */
  readonly largest: number;
  readonly written: number;
}

export interface ServiceOptions {
  readonly clock: Pick<TestClock, 'now' | 'advance'>;
  readonly context: () => LambdaContext;
  /** Called before each invocation, with its number. */
  readonly onInvocation?: (number: number) => void;
  /** What is deployed by then. @defaultValue the same all the time */
  readonly release?: (invocation: number) => DurableLambdaHandler;
  /** Whether the function dies before this checkpoint is written. */
  readonly diesAt?: (update: Update, invocation: number) => boolean;
}

const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:etl';

/** Starts an execution of that name, and stays with it to its end. */
export async function execute(
  handler: DurableLambdaHandler,
  payload: unknown,
  { name = 'one', version = '1', ...service }: ServiceOptions & { readonly name?: string; readonly version?: string },
): Promise<Ended> {
  const { clock } = service;
  const arn = `${FUNCTION}:${version}/durable-execution/${name}/0000-${++executions}`;
  const operations = new Map<string, Mutable<Operation>>();
  operations.set('execution', {
    Id: 'execution',
    Type: 'EXECUTION',
    Status: 'STARTED',
    StartTimestamp: new Date(clock.now()),
    ExecutionDetails: { InputPayload: JSON.stringify(payload) },
  });
  /** When what is waited for is over, by its operation. */
  const due = new Map<string, number>();
  const tries: Record<string, number> = {};
  let [count, largest, written, invocations] = [0, 0, 0, 0];
  let dead = false;
  let die: () => void;

  const apply = (update: Update): void => {
    if (dead) return;
    if (service.diesAt?.(update, invocations)) {
      dead = true;
      return die();
    }
    const { Id = '', Type, SubType, Name, Action, Payload, Error: error } = update;
    const bytes = Buffer.byteLength(Payload ?? '');
    if (bytes > LARGEST_CHECKPOINT) throw new Error(`a checkpoint of ${bytes} bytes`);
    largest = Math.max(largest, bytes);
    written += bytes;
    const known = operations.get(Id);
    if (!known) count += 1;
    const at = new Date(clock.now());
    const operation: Mutable<Operation> = known ?? { Id, Type, SubType, Name, Status: 'STARTED', StartTimestamp: at };
    operations.set(Id, operation);
    if (operation.Status === 'SUCCEEDED' || operation.Status === 'FAILED') throw new Error(`${Name} is over already`);
    const attempt = operation.StepDetails?.Attempt ?? 0;
    if (Type === 'STEP' && Action !== 'START') {
      count += 1;
      tries[Name ?? ''] = (tries[Name ?? ''] ?? 0) + 1;
    }
    if (count > MOST_OPERATIONS) throw new Error(`more than ${MOST_OPERATIONS} operations`);
    if (Action === 'START') {
      operation.Status = 'STARTED';
      if (Type === 'WAIT') {
        const ends = clock.now() + (update.WaitOptions?.WaitSeconds ?? 0) * 1_000;
        due.set(Id, ends);
        operation.WaitDetails = { ScheduledEndTimestamp: new Date(ends) };
      }
      return;
    }
    operation.Status = Action === 'RETRY' ? 'PENDING' : Action === 'FAIL' ? 'FAILED' : 'SUCCEEDED';
    operation.StepDetails = {
      Attempt: attempt + 1,
      ...(Payload !== undefined && { Result: Payload }),
      ...(error && { Error: error }),
    };
    if (Action !== 'RETRY') return;
    const again = clock.now() + (update.StepOptions?.NextAttemptDelaySeconds ?? 0) * 1_000;
    due.set(Id, again);
    operation.StepDetails.NextAttemptTimestamp = new Date(again);
  };

  const client: DurableExecutionClient = {
    getExecutionState: async () => ({ Operations: [...operations.values()] }),
    checkpoint: async ({ Updates = [] }) => {
      const ids = new Set(Updates.map(({ Id }) => Id));
      for (const update of Updates) apply(update);
      // A function that died gets no answer any more.
      if (dead) return new Promise(() => undefined);
      const changed = [...operations.values()].filter(({ Id }) => ids.has(Id));
      return {
        CheckpointToken: `token-${count}`,
        NewExecutionState: { Operations: changed.map((one) => ({ ...one })) },
      };
    },
  };

  /** Time goes on until a wait is over. */
  const wakeUp = async (): Promise<void> => {
    if (due.size === 0) throw new Error('the function is suspended, and waits for nothing');
    await clock.advance(Math.max(0, Math.min(...due.values()) - clock.now()));
    for (const [id, at] of due) {
      const operation = operations.get(id);
      if (!operation || at > clock.now()) continue;
      operation.Status = operation.Type === 'WAIT' ? 'SUCCEEDED' : 'READY';
      due.delete(id);
    }
  };

  for (;;) {
    invocations += 1;
    dead = false;
    const input = new DurableExecutionInvocationInputWithClient(
      {
        DurableExecutionArn: arn,
        CheckpointToken: `token-${count}`,
        InitialExecutionState: { Operations: [...operations.values()].map((one) => ({ ...one })), NextMarker: '' },
      },
      client,
    );
    const died = new Promise<'died'>((resolve) => (die = () => resolve('died')));
    service.onInvocation?.(invocations);
    const answer = await Promise.race([
      (service.release?.(invocations) ?? handler)(input as never, service.context() as never),
      died,
    ]);
    if (answer === 'died') continue;
    if (answer.Status === InvocationStatus.PENDING) {
      await wakeUp();
      continue;
    }
    const {
      Status,
      Result,
      Error: error,
    } = answer as {
      readonly Status: Ended['status'];
      readonly Result?: string;
      readonly Error?: NonNullable<Ended['error']>;
    };
    return {
      status: Status,
      ...(Result !== undefined && { result: JSON.parse(Result) as unknown }),
      ...(error && { error }),
      arn,
      operations: count,
      invocations,
      tries,
      largest,
      written,
    };
  }
}

let executions = 0;

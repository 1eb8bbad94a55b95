import {
  type AttemptPlan,
  type Backend,
  type JobSpec,
  type LogItem,
  type LogReader,
  type LogSource,
  type RunRef,
  type RunStatus,
  type StartAnswer,
  UnreachableError,
} from '../../src/core/index.js';
import { readerOf } from './log-readers.js';

/** What the backend says next: a reading, `undefined` for "no record", or an error to throw. */
export type Said = Partial<RunStatus> | Error | undefined;

/** A backend whose every answer is given by the test. The last one is repeated for ever. */
export class StubBackend implements Backend, LogSource {
  readonly kind = 'livy';
  readonly endpoint: string;
  readonly requests: string[] = [];
  #said: Said[];
  /** What `stop` does. */
  onStop: () => Promise<'asked' | 'no-record' | 'ended'> = async () => 'asked';
  onLog: () => Promise<readonly LogItem[]> = async () => [];

  constructor(said: readonly Said[] = [undefined], endpoint = 'memory://stub') {
    this.#said = [...said];
    this.endpoint = endpoint;
  }

  /** Replaces all answers to come. */
  says(...said: readonly Said[]): void {
    this.#said = [...said];
  }

  check(_spec: JobSpec): void {}
  request({ spec }: AttemptPlan): Readonly<Record<string, unknown>> {
    return { ...spec };
  }
  async start(plan: AttemptPlan): Promise<StartAnswer> {
    this.requests.push(`POST ${plan.name}`);
    return { kind: 'unknown', error: new UnreachableError('lost', 'maybe') };
  }
  async find(name: string): Promise<RunStatus | undefined> {
    this.requests.push(`FIND ${name}`);
    return this.#answer(name);
  }
  async status(ref: RunRef): Promise<RunStatus | undefined> {
    this.requests.push(`GET ${ref.id ?? ref.name}`);
    return this.#answer(ref.name);
  }
  async *list(): AsyncGenerator<RunStatus, void> {
    this.requests.push('LIST');
    yield* [];
  }
  async stop(ref: RunRef): Promise<'asked' | 'no-record' | 'ended'> {
    this.requests.push(`DELETE ${ref.name}`);
    return this.onStop();
  }
  async discard(name: string): Promise<void> {
    this.requests.push(`DISCARD ${name}`);
  }
  open(): LogReader {
    return readerOf(() => this.onLog());
  }

  #answer(name: string): RunStatus | undefined {
    const said = this.#said.length > 1 ? this.#said.shift() : this.#said[0];
    if (said instanceof Error) throw said;
    return said && { raw: 'running', state: 'running', source: 'livy', links: {}, id: '7', name, ...said };
  }
}

export const running: Said = { raw: 'running', state: 'running' };
export const starting: Said = { raw: 'starting', state: 'waiting', tail: ['stdout: '] };
export const success: Said = { raw: 'success', state: 'succeeded' };
export const dead: Said = { raw: 'dead', state: 'failed' };
export const silent = new UnreachableError('Livy does not answer', 'no');

import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type Clock, systemClock } from '../core/index.js';
import { CallRefused } from './aws-answer.js';
import type { Moto } from './aws-moto.js';

type Input = Readonly<Record<string, unknown>>;

const text = z.string().min(1);
const execute = z
  .looseObject({
    Database: text,
    Sql: text,
    ClientToken: text.max(64).optional(),
    ClusterIdentifier: text.optional(),
    WorkgroupName: text.optional(),
  })
  .refine((given) => (given.ClusterIdentifier === undefined) !== (given.WorkgroupName === undefined), {
    error: 'exactly one of ClusterIdentifier and WorkgroupName is needed',
  });
const one = z.looseObject({ Id: text });

/** How long a statement takes: long enough to be seen at work. */
const TAKES_MS = 2_000;
const PICKED_MS = 500;

interface Statement {
  readonly request: z.output<typeof execute>;
  readonly id: string;
  readonly createdAt: number;
  /** Why it fails, if it does. */
  readonly error: Promise<string | undefined>;
  abortedAt?: number;
}

/** Where a COPY reads. */
const source = /^\s*COPY\s.*?\sFROM\s+'s3:\/\/([^/']+)\/?([^']*)'/is;

/**
 * The Data API of Redshift, without a Redshift: a statement is taken, is at work for a moment and is finished. Of a COPY it is looked
 * whether there is anything where it reads, for without that it fails at Redshift too. moto's own stay STARTED for ever.
 */
export class RedshiftData {
  readonly #moto: Moto;
  readonly #clock: Clock;
  readonly #statements = new Map<string, Statement>();

  constructor(moto: Moto, clock: Clock = systemClock) {
    this.#moto = moto;
    this.#clock = clock;
  }

  /** Whether the action is answered here. */
  knows(action: string): boolean {
    return Object.hasOwn(this.#actions, action);
  }

  /** @throws CallRefused */
  async call(action: string, input: Input): Promise<unknown> {
    const answer = this.#actions[action];
    if (answer === undefined) throw new CallRefused('UnknownOperationException', `Unknown operation ${action}`);
    return answer(input);
  }

  readonly #actions: Readonly<Record<string, (input: Input) => unknown>> = {
    ExecuteStatement: (input) => {
      const request = execute.parse(input);
      const { id, createdAt } = this.#known(request.ClientToken) ?? this.#execute(request);
      const { Database, ClusterIdentifier, WorkgroupName } = request;
      return { Id: id, CreatedAt: createdAt / 1_000, Database, ClusterIdentifier, WorkgroupName };
    },
    DescribeStatement: async (input) => this.#view(this.#get(one.parse(input).Id)),
    CancelStatement: (input) => {
      const statement = this.#get(one.parse(input).Id);
      if (this.#clock.now() - statement.createdAt > TAKES_MS)
        throw new CallRefused('ValidationException', `Could not cancel a query that is already in FINISHED state`);
      statement.abortedAt = this.#clock.now();
      return { Status: true };
    },
  };

  /** The same token is the same statement, however often it is asked for. */
  #known(token: string | undefined): Statement | undefined {
    if (token === undefined) return undefined;
    return [...this.#statements.values()].find(({ request }) => request.ClientToken === token);
  }

  #execute(request: Statement['request']): Statement {
    const id = randomUUID();
    const made = { id, request, createdAt: this.#clock.now(), error: this.#errorOf(request.Sql) };
    this.#statements.set(id, made);
    return made;
  }

  async #errorOf(sql: string): Promise<string | undefined> {
    const [, bucket, prefix = ''] = source.exec(sql) ?? [];
    if (bucket === undefined) return undefined;
    // Nobody may come to ask how it went, so nothing is thrown.
    const isThere = await this.#moto.holds(bucket, prefix).catch((error: unknown) => String(error));
    if (isThere === true) return undefined;
    return `ERROR: ${isThere === false ? `The specified S3 prefix '${prefix}' does not exist` : isThere}`;
  }

  #get(id: string): Statement {
    const found = this.#statements.get(id);
    if (found === undefined) throw new CallRefused('ResourceNotFoundException', 'Query does not exist.');
    return found;
  }

  async #view({ id, request, createdAt, abortedAt, error }: Statement): Promise<unknown> {
    const { Database, Sql, ClusterIdentifier, WorkgroupName } = request;
    const age = (abortedAt ?? this.#clock.now()) - createdAt;
    const failure = await error;
    const ended = failure === undefined ? 'FINISHED' : 'FAILED';
    const going = age < PICKED_MS ? 'SUBMITTED' : age < TAKES_MS ? 'STARTED' : ended;
    const Status = abortedAt === undefined ? going : 'ABORTED';
    return {
      Id: id,
      QueryString: Sql,
      Database,
      ClusterIdentifier,
      WorkgroupName,
      Status,
      CreatedAt: createdAt / 1_000,
      UpdatedAt: (createdAt + Math.min(age, TAKES_MS)) / 1_000,
      Duration: Math.min(age, TAKES_MS) * 1_000_000,
      HasResultSet: false,
      ...(Status === 'FAILED' && { Error: failure }),
    };
  }
}

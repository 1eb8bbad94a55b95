import { BadAnswerError, type CallOptions, HttpStatusError, systemClock } from '../core/index.js';
import { deadError, logOf } from './dead.js';
import { closeRule, type SessionOptions, type StatementOptions } from './options.js';
import type { OpenedSeat } from './open-seat.js';
import { keepAlive } from './keep-alive.js';
import type { StatementResult, Table } from './result.js';
import { closeSeat, isReady, readSeat, type Seat } from './seat.js';
import { Sender } from './send-statement.js';
import { StatementRun } from './statement-run.js';

type Kind = NonNullable<SessionOptions['kind']>;

/** Livy sends no more rows than this of a query, unless `livy.rsc.sql.num-rows` in the session's conf says otherwise. */
const MOST_ROWS = 1_000;

/** The rows of a query. */
export interface SqlResult extends Table {
  /** As many rows as Livy sends at most: there may be more of them. */
  readonly mayBeCut: boolean;
}

/** A session that is open, and kept so until it is left. */
export class LiveSession {
  readonly #seat: Seat;
  readonly #sender: Sender;
  readonly #options: SessionOptions;
  readonly #kind: Kind;
  readonly #stopKeeping: () => void;
  #completes = true;
  /** Whether it was made by this call. */
  readonly created: boolean;
  /** The language that Livy takes a statement for which names none. */
  readonly kind: string | undefined;
  /** YARN's application id, where Livy said one. */
  readonly appId: string | undefined;

  /** @internal */
  constructor({ seat, view, created }: OpenedSeat, options: SessionOptions) {
    const { clock = systemClock, keepAliveMs = 60_000 } = options;
    this.#seat = seat;
    this.#options = options;
    this.#kind = options.kind ?? 'pyspark';
    this.created = created;
    this.kind = view.kind;
    this.appId = view.appId;
    this.#sender = new Sender(seat, clock, created);
    this.#stopKeeping = keepAlive(seat, keepAliveMs, clock);
  }

  get name(): string {
    return this.#seat.name;
  }
  /** Livy's number of it, given anew after a restart. */
  get id(): number {
    return this.#seat.id;
  }

  /**
   * Sends code, once. It waits for what was sent before it.
   * @throws SessionDeadError, StatementUnknownError where nobody can tell whether it arrived
   */
  async start(
    code: string,
    { kind = this.#kind, signal = this.#options.signal }: StatementOptions = {},
  ): Promise<StatementRun> {
    signal?.throwIfAborted();
    try {
      // Without the signal: a statement whose answer nobody hears could not be cancelled.
      const { id } = await this.#sender.send({ code, ...(kind !== this.kind && { kind }) });
      return this.attach(id, signal && { signal });
    } catch (error) {
      if (!(error instanceof HttpStatusError)) throw error;
      const view = await readSeat(this.#seat);
      if (!view || !isReady(view)) throw await deadError(this.#seat, view);
      throw error;
    }
  }

  /** A statement that was sent before, by its id. */
  attach(statement: number, { signal }: CallOptions = {}): StatementRun {
    return new StatementRun(this.#seat, statement, this.#options.clock ?? systemClock, signal);
  }

  /**
   * Runs code and waits for its end.
   * @throws StatementFailedError, StatementCancelledError, SessionDeadError, StatementUnknownError, `signal.reason`
   * @example
   * ```ts
   * const { text } = await s.run('spark.range(3).count()');
   * ```
   */
  async run(code: string, options: StatementOptions = {}): Promise<StatementResult> {
    const statement = await this.start(code, options);
    for await (const reading of statement) options.onProgress?.(reading);
    return statement.result();
  }

  /**
   * Runs one query. Livy sends at most 1,000 rows: `mayBeCut` says that there may be more.
   * @throws as `run`; BadAnswerError when the answer is no table
   * @example
   * ```ts
   * const { rows } = await s.sql('select day, sum(amount) total from sales group by day');
   * ```
   */
  async sql(query: string, options: Omit<StatementOptions, 'kind'> = {}): Promise<SqlResult> {
    const { table, data } = await this.run(query, { ...options, kind: 'sql' });
    if (!table)
      throw new BadAnswerError("Livy's answer to a query has no schema and rows", Object.keys(data).join(', '));
    return { ...table, mayBeCut: table.values.length === this.rowLimit };
  }

  /** How many rows of a query Livy sends at most, as far as this call's `conf` and Livy's default tell. */
  get rowLimit(): number {
    return Number(this.#options.conf?.['livy.rsc.sql.num-rows'] ?? MOST_ROWS);
  }

  /** How the code could go on at the cursor; nothing where the server has no completion (EMR Serverless, and Livy for Python). */
  async complete(
    code: string,
    cursor: number,
    options: CallOptions & { readonly kind?: Kind } = {},
  ): Promise<readonly string[]> {
    const { kind = this.#kind, ...call } = options;
    if (!this.#completes) return [];
    try {
      return await this.#seat.livy.statements(this.#seat.key).completion({ code, cursor, kind }, call);
    } catch (error) {
      if (error instanceof HttpStatusError && error.status < 500) this.#completes = false;
      return [];
    }
  }

  /** Livy's word for its state; `undefined` where Livy has none of that name any more. */
  async state(options?: CallOptions): Promise<string | undefined> {
    return (await readSeat(this.#seat, options))?.state;
  }

  /** The last lines of its log that Livy keeps: the driver's in local mode, spark-submit's on YARN. */
  async log(options?: CallOptions): Promise<readonly string[]> {
    return logOf(this.#seat, await readSeat(this.#seat, options), options);
  }

  /** Whether leaving it closes it. */
  get closes(): boolean {
    const rule = closeRule(this.#options);
    return rule === 'always' || (rule === 'if-created' && this.created);
  }

  /** Ends it or leaves it open, as `close` says. */
  async leave(): Promise<void> {
    this.#stopKeeping();
    if (this.closes) await closeSeat(this.#seat);
  }

  /** Ends it, whatever `close` says. */
  async close(): Promise<void> {
    this.#stopKeeping();
    await closeSeat(this.#seat);
  }
}

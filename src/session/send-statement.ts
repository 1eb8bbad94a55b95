import { type Clock, isLivywireError, type LivywireError } from '../core/index.js';
import { type CreateStatement, readFailure, type Statement } from '../livy/index.js';
import { StatementUnknownError } from './errors.js';
import { Pace } from './pace.js';
import type { Seat } from './seat.js';

/** How long a statement is looked for whose answer was lost, in milliseconds. */
const SETTLE_MS = 10_000;

/**
 * Sends statements, each of them once. Where the answer is lost the session's own list tells: ids only grow, so ours is the
 * one with our code, that came after the last we know of, and that no other call of ours holds.
 */
export class Sender {
  readonly #seat: Seat;
  readonly #clock: Clock;
  readonly #isOurs: boolean;
  readonly #ours = new Set<number>();
  /** The last id before our first statement. */
  #before: Promise<number> | undefined;

  /** @param isOurs the session was made by us, and so nobody else's statements are expected in it */
  constructor(seat: Seat, clock: Clock, isOurs: boolean) {
    this.#seat = seat;
    this.#clock = clock;
    this.#isOurs = isOurs;
  }

  /** @throws StatementUnknownError, and what the client throws where it certainly did not arrive */
  async send(body: CreateStatement): Promise<Statement> {
    const { livy, key } = this.#seat;
    const statements = livy.statements(key);
    const before = await (this.#before ??= this.#isOurs
      ? Promise.resolve(-1)
      : statements.lastId().then(
          (id) => id ?? -1,
          (error: unknown) => {
            this.#before = undefined;
            throw error;
          },
        ));
    try {
      const made = await statements.create(body);
      this.#ours.add(made.id);
      return made;
    } catch (error) {
      if (!isLivywireError(error) || readFailure(error, livy.url).kind !== 'unknown') throw error;
      return this.#find(body.code, before, error);
    }
  }

  async #find(code: string, before: number, cause: LivywireError): Promise<Statement> {
    const { livy, key, name } = this.#seat;
    const pace = new Pace(this.#clock, 'session');
    for (;;) {
      const same: Statement[] = [];
      for await (const one of livy.statements(key).list()) {
        if (one.id > before && one.code === code && !this.#ours.has(one.id)) same.push(one);
      }
      const [first, ...more] = same;
      if (first && (more.length === 0 || this.#isOurs)) {
        this.#ours.add(first.id);
        return first;
      }
      if (first) {
        const ids = same.map(({ id }) => id).join(', ');
        throw new StatementUnknownError(
          `The answer to a statement was lost, and session ${name} has several of that text (${ids}): one of them may be it. It was not sent again`,
          { cause },
        );
      }
      if (pace.ageMs >= SETTLE_MS) break;
      await pace.pause(undefined);
    }
    throw new StatementUnknownError(
      `The answer to a statement was lost, and session ${name} has not shown it in ${SETTLE_MS / 1_000} s: it may not have arrived. It was not sent again`,
      { cause },
    );
  }
}

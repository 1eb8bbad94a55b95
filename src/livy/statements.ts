import { checkCompletion, checkStatement } from './check.js';
import { type Door, type LivyCallOptions, path } from './door.js';
import { type ListOptions, pages } from './pages.js';
import { fieldsOf, numberOf } from './read.js';
import {
  type CompletionRequest,
  type CreateStatement,
  readCandidates,
  readPage,
  readStatement,
  type Statement,
} from './wire.js';

export interface StatementReadOptions extends LivyCallOptions {
  /** Makes data of the answer's text, where JSON.parse would round what is beyond 2^53. @defaultValue `JSON.parse` */
  readonly parse?: (text: string) => unknown;
}

/** `/sessions/{id}/statements`: the code that one session runs, one after the other. All of Livy 0.6–0.9; errors as with batches. */
export class Statements {
  readonly #door: Door;
  readonly #session: string;
  constructor(door: Door, session: number | string) {
    this.#door = door;
    this.#session = path`/sessions/${session}`;
  }

  /**
   * `POST /sessions/{id}/statements`. Sent once and never repeated: after a lost answer, look at the list. The statement
   * waits for those before it; read it until its state is `available` or `cancelled`.
   * @throws ConfigError naming the field, before anything is sent
   * @example
   * ```ts
   * const { id } = await livy.statements('etl').create({ code: 'select 1', kind: 'sql' });
   * ```
   */
  async create(body: CreateStatement, options?: LivyCallOptions): Promise<Statement> {
    checkStatement(body);
    return readStatement(await this.#door.post(`${this.#session}/statements`, body, options));
  }

  /** `GET /sessions/{id}/statements/{statement}` */
  async get(id: number, { parse, ...options }: StatementReadOptions = {}): Promise<Statement> {
    const url = this.#session + path`/statements/${id}`;
    return readStatement(parse ? parse(await this.#door.text(url, options)) : await this.#door.get(url, options));
  }

  /** The id of the last statement that Livy keeps (`livy.rsc.retained-statements`, 100); `undefined` where it has none. */
  async lastId(options?: LivyCallOptions): Promise<number | undefined> {
    const url = `${this.#session}/statements`;
    const page = async (from: number) => {
      const answer = await this.#door.get(url, options, { from, size: 1 });
      const total = numberOf(fieldsOf(answer, 'a list of statements').total_statements);
      return { total, last: readPage(answer, 'statements', readStatement).at(-1)?.id };
    };
    const first = await page(0);
    return first.total === undefined || first.total < 2 ? first.last : (await page(first.total - 1)).last;
  }

  /** `GET /sessions/{id}/statements?from&size`, oldest first. Servers that do not page answer all at once. */
  list({ pageSize, ...options }: LivyCallOptions & ListOptions = {}): AsyncGenerator<Statement, void> {
    const url = `${this.#session}/statements`;
    return pages(
      async (from, size) => readPage(await this.#door.get(url, options, { from, size }), 'statements', readStatement),
      pageSize,
    );
  }

  /** `POST /sessions/{id}/statements/{statement}/cancel`: asks; the statement is `cancelling` first, and may take a while to end. */
  async cancel(id: number, options?: LivyCallOptions): Promise<void> {
    await this.#door.post(this.#session + path`/statements/${id}/cancel`, {}, options);
  }

  /** `POST /sessions/{id}/completion`: how the code could go on at the cursor. EMR Serverless does not have it. @throws ConfigError */
  async completion(body: CompletionRequest, options?: LivyCallOptions): Promise<readonly string[]> {
    checkCompletion(body);
    return readCandidates(await this.#door.post(`${this.#session}/completion`, body, options));
  }
}

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { ExecutionContext } from 'ava';

/** One request and its answer, as recorded on a real Livy. */
export interface Exchange {
  readonly note: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly body?: unknown;
    /** Sent as it stands where it is not JSON. */
    readonly raw?: string;
  };
  readonly response: { readonly status: number; readonly headers: Record<string, string>; readonly body: unknown };
}

export const RECORDED = ['0.8.0', '0.9.0'] as const;
export type Recorded = (typeof RECORDED)[number];

export function recording(version: Recorded): readonly Exchange[] {
  const file = new URL(`../fixtures/livy/livy-${version}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Exchange[];
}

/** The exchange with this note; the recordings name each one once. */
export function recorded(version: Recorded, note: string): Exchange {
  const [found, ...more] = recording(version).filter((exchange) => exchange.note === note);
  if (!found || more.length > 0) throw new Error(`${version} has ${more.length + (found ? 1 : 0)} exchanges ${note}`);
  return found;
}

/** The exchanges from one note to another, both included. */
export function between(version: Recorded, first: string, last: string): readonly Exchange[] {
  const all = recording(version);
  const at = (note: string) => all.indexOf(all.find((exchange) => exchange.note === note) as Exchange);
  return all.slice(at(first), at(last) + 1);
}

export interface Replay {
  readonly url: string;
  /** What was asked, `GET /version`, in order. */
  readonly asked: readonly string[];
}

export interface ReplayOptions {
  /** `any`: the request's body is not compared, for requests that the client would not make as they were recorded. */
  readonly bodies?: 'exact' | 'any';
}

/**
 * Serves exchanges strictly in order from a server on this machine. A request that is not the next one is answered 418 and
 * fails the test, as does an exchange that was never asked for.
 */
export async function replay(
  t: ExecutionContext,
  exchanges: readonly Exchange[],
  { bodies = 'exact' }: ReplayOptions = {},
): Promise<Replay> {
  const asked: string[] = [];
  const problems: string[] = [];
  let next = 0;
  const server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const { method = '', url = '' } = request;
      asked.push(`${method} ${url}`);
      const exchange = exchanges[next];
      const isNext = exchange?.request.method === method && exchange.request.path === decodeURI(url);
      const expected = exchange?.request.body;
      if (!isNext || (bodies === 'exact' && !isDeepStrictEqual(text === '' ? undefined : JSON.parse(text), expected))) {
        problems.push(`${method} ${url} ${text} came instead of ${JSON.stringify(exchange?.request)}`);
        response.writeHead(418).end();
        return;
      }
      next++;
      response.writeHead(exchange.response.status, exchange.response.headers).end(asBody(exchange.response));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
    const unasked = exchanges.slice(next).map(({ note }) => note);
    if (problems.length > 0) throw new Error(problems.join('\n'));
    if (unasked.length > 0) throw new Error(`nobody asked for: ${unasked.join(', ')}`);
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const asBody = ({ headers, body }: Exchange['response']): string =>
  (headers['content-type'] ?? '').includes('json') ? JSON.stringify(body) : String(body);

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** An answer of one's own making, for what no recording shows. */
export const made = (method: string, path: string, status: number, body: unknown, headers = {}): Exchange => ({
  note: `${method} ${path}`,
  request: { method, path },
  response: { status, headers: { 'content-type': 'application/json;charset=utf-8', ...headers }, body },
});

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import { Http } from '../../src/http/index.js';

/** One answer as a real server gave it (scripts/record-yarn.ts), or one that no ResourceManager gives. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
export const recorded = (name: string): Reply =>
  JSON.parse(readFileSync(new URL(`../fixtures/yarn/${name}.json`, import.meta.url), 'utf8')) as Reply;

/** The body's JSON. */
export const bodyOf = <T>(name: string): T => JSON.parse(recorded(name).body) as T;
export const startedOn = (name: string): number =>
  bodyOf<{ clusterInfo: { startedOn: number } }>(name).clusterInfo.startedOn;

/** What each question is answered with; of several, one after the other, the last for good. */
type Answers = string | Reply | readonly (string | Reply)[];
export interface YarnAnswers {
  readonly info?: Answers;
  readonly app?: Answers;
  readonly tag?: Answers;
  /** Ended applications up to some time. */
  readonly old?: Answers;
  /** All ended applications. */
  readonly ended?: Answers;
  readonly conf?: Readonly<Record<string, Answers>>;
  readonly kill?: Answers;
}

export interface Served {
  readonly http: Http;
  /** `GET /ws/v1/cluster/info`, in order. */
  readonly asked: readonly string[];
}

/** A server that answers as it is told; a question that it was told nothing about fails the test. */
export async function serve(
  t: ExecutionContext,
  service: string,
  choose: (method: string, url: URL) => readonly [string, Answers | undefined],
): Promise<Served> {
  const asked: string[] = [];
  const turns = new Map<string, number>();
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    const method = request.method ?? '';
    asked.push(`${method} ${request.url ?? ''}`);
    const [question, answers] = choose(method, url);
    if (answers === undefined) {
      t.fail(`nobody expected ${method} ${request.url ?? ''}`);
      response.writeHead(418).end();
      return;
    }
    const list = typeof answers === 'string' || 'status' in answers ? [answers] : answers;
    const turn = turns.get(question) ?? 0;
    turns.set(question, turn + 1);
    const answer = list[Math.min(turn, list.length - 1)];
    if (answer === undefined) throw new Error(`no answer to ${question}`);
    const { status, headers, body } = typeof answer === 'string' ? recorded(answer) : answer;
    response.sendDate = false;
    for (const [name, value] of Object.entries(headers)) {
      // Two Date headers, as they came.
      response.setHeader(name, name === 'date' ? value.split(/, (?=\w{3},)/) : value);
    }
    response.writeHead(status).end(body);
  };
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const http = new Http({ baseUrl: `http://127.0.0.1:${port}`, service, retries: 0 });
  t.teardown(() => {
    http.close();
    server.closeAllConnections();
    server.close();
  });
  return { http, asked };
}

export const resourceManager = (t: ExecutionContext, answers: YarnAnswers): Promise<Served> =>
  serve(t, 'YARN', (method, { pathname, searchParams }) => {
    if (method === 'PUT') return ['kill', answers.kill];
    if (pathname === '/ws/v1/cluster/info') return ['info', answers.info];
    if (pathname === '/conf') {
      const name = searchParams.get('name') ?? '';
      return [name, answers.conf?.[name]];
    }
    if (pathname !== '/ws/v1/cluster/apps') return ['app', answers.app];
    if (searchParams.has('applicationTags')) return ['tag', answers.tag];
    return searchParams.has('finishedTimeEnd') ? ['old', answers.old] : ['ended', answers.ended];
  });

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';

interface Batch {
  readonly id: number;
  readonly name: string | null;
  state: string;
  lines: string[];
}

/** A Livy just real enough for the command line to run against, in processes of its own. */
export interface LivyStub {
  readonly url: string;
  /** `POST /batches`, … in order. */
  readonly requests: readonly string[];
  readonly batches: readonly Batch[];
  /** Resolves with the first request that fits. */
  seen(pattern: RegExp): Promise<string>;
  /** What a DELETE does: answer, or never answer. */
  onDelete: 'answers' | 'hangs';
  /** What the next POSTs come to, in this order; then they are answered. */
  readonly posts: ('reply-lost' | 'request-lost' | 'busy')[];
}

export async function livyStub(t: ExecutionContext): Promise<LivyStub> {
  const requests: string[] = [];
  const batches: Batch[] = [];
  const waiting: { pattern: RegExp; resolve: (request: string) => void }[] = [];
  const stub = { onDelete: 'answers' as LivyStub['onDelete'], posts: [] as LivyStub['posts'] };

  const view = ({ id, name, state, lines }: Batch): object => ({
    id,
    name,
    owner: null,
    proxyUser: null,
    state,
    appId: null,
    appInfo: { driverLogUrl: null, sparkUiUrl: null },
    log: ['stdout: ', ...lines.slice(-10), '\nstderr: '],
  });
  const reply = (response: ServerResponse, status: number, body: object): void => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://stub');
    const line = `${request.method} ${url.pathname}`;
    requests.push(line);
    for (const one of waiting.splice(0)) {
      if (one.pattern.test(line)) one.resolve(line);
      else waiting.push(one);
    }
    const [, , segment, part] = url.pathname.split('/');
    const batch = batches.find(
      ({ id, name, state }) => state !== 'gone' && (String(id) === segment || name === segment),
    );
    if (line === 'GET /version') return reply(response, 200, { version: '0.8.0' });
    if (line === 'POST /batches') {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      const { name = null } = JSON.parse(text) as { name?: string };
      const trouble = stub.posts.shift();
      if (trouble === 'busy') return reply(response, 400, { msg: 'Rejected, too many sessions are being created!' });
      if (trouble === 'request-lost') return void request.socket.resetAndDestroy();
      if (name !== null && batches.some((one) => one.name === name && one.state !== 'gone')) {
        return reply(response, 400, { msg: `Rejected, Reason: Duplicate session name: Some(${name})` });
      }
      const made: Batch = { id: batches.length, name, state: 'running', lines: [] };
      batches.push(made);
      if (trouble === 'reply-lost') return void request.socket.resetAndDestroy();
      return reply(response, 201, view(made));
    }
    if (segment === undefined) {
      const sessions = batches.filter(({ state }) => state !== 'gone').map(view);
      return reply(response, 200, { from: 0, total: sessions.length, sessions });
    }
    if (!batch) return reply(response, 404, { msg: `Session '${segment}' not found.` });
    if (request.method === 'DELETE') {
      if (stub.onDelete === 'hangs') return;
      batch.state = 'gone';
      return reply(response, 200, { msg: 'deleted' });
    }
    if (part === 'state') return reply(response, 200, { id: batch.id, state: batch.state });
    if (part === 'log') {
      const log = ['stdout: ', ...batch.lines, '\nstderr: '];
      return reply(response, 200, { id: batch.id, from: 0, total: log.length, log });
    }
    return reply(response, 200, view(batch));
  };

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(stub, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    batches,
    seen: (pattern: RegExp) =>
      new Promise<string>((resolve) => {
        const had = requests.find((line) => pattern.test(line));
        if (had !== undefined) resolve(had);
        else waiting.push({ pattern, resolve });
      }),
  });
}

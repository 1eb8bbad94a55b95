import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';

/** What becomes of one request: answered here, carried out with its answer lost, or left without any. */
export type Fate = { readonly status: number; readonly code?: string } | 'lost' | 'hang' | undefined;

export interface S3Between {
  readonly url: string;
  /** `PUT /bucket/key?partNumber=1`, in order. */
  readonly calls: string[];
  /** Decides about each request; `undefined` passes it on. */
  fate: (call: string) => Fate | Promise<Fate>;
}

/** Stands between a client and an S3, so that a test can see and disturb what is said. Ends with the test. */
export async function s3Between(t: ExecutionContext, target: string): Promise<S3Between> {
  const calls: string[] = [];
  const between: { -readonly [K in keyof S3Between]: S3Between[K] } = { url: '', calls, fate: () => undefined };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const query = new URL(request.url ?? '/', 'http://s3').searchParams;
    const asked = ['uploads', 'uploadId', 'partNumber'].filter((name) => query.has(name));
    const call = `${request.method} ${new URL(request.url ?? '/', 'http://s3').pathname}${asked.length > 0 ? `?${asked.join('&')}` : ''}`;
    calls.push(call);
    const fate = await between.fate(call);
    if (fate === 'hang') return;
    if (typeof fate === 'object') {
      request.resume();
      const body = `<?xml version="1.0"?><Error><Code>${fate.code ?? 'Error'}</Code><Message>as a test wants it</Message></Error>`;
      response.writeHead(fate.status, { 'content-type': 'application/xml', connection: 'close' });
      response.end(request.method === 'HEAD' ? undefined : body);
      return;
    }
    const { hostname, port } = new URL(target);
    const onward = httpRequest({ hostname, port, method: request.method, path: request.url, headers: request.headers });
    onward.once('response', (reply) => {
      if (fate === 'lost') {
        reply.resume();
        reply.once('end', () => request.socket.resetAndDestroy());
        return;
      }
      response.writeHead(reply.statusCode ?? 502, reply.rawHeaders);
      reply.pipe(response);
    });
    onward.once('error', () => response.destroy());
    request.pipe(onward);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  between.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return between;
}

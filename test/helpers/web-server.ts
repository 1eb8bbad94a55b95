import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type net from 'node:net';
import type { ExecutionContext } from 'ava';
import { track } from './sockets.js';

/** One request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** TLS: the name that the client asked for. */
  readonly servername: string | undefined;
  /** Which connection it came on, counted from 1. */
  readonly connection: number;
}

export interface WebServer {
  readonly port: number;
  readonly url: string;
  readonly seen: readonly Seen[];
  /** Connections so far. */
  readonly connections: number;
  close(): Promise<void>;
}

export type Respond = (seen: Seen, response: http.ServerResponse, request: http.IncomingMessage) => unknown;

/** A real server on 127.0.0.1, gone with its test. Each handler answers one request; the last one all that follow. */
export async function webServer(
  t: Pick<ExecutionContext, 'teardown'>,
  handlers: Respond | readonly Respond[],
  tls?: https.ServerOptions,
): Promise<WebServer> {
  const all = typeof handlers === 'function' ? [handlers] : handlers;
  const seen: Seen[] = [];
  const numbers = new WeakMap<net.Socket, number>();
  let connections = 0;

  const serve = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const one: Seen = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
      servername: (request.socket as { servername?: string }).servername,
      connection: numbers.get(request.socket) ?? 0,
    };
    seen.push(one);
    await all[Math.min(seen.length, all.length) - 1]?.(one, response, request);
  };
  const listener: http.RequestListener = (request, response) => {
    serve(request, response).catch(() => response.destroy());
  };
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener);
  server.on(tls ? 'secureConnection' : 'connection', (socket: net.Socket) => numbers.set(socket, ++connections));
  const close = track(server);
  t.teardown(close);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  return {
    port,
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    seen,
    get connections() {
      return connections;
    },
    close,
  };
}

export const json =
  (body: unknown, status = 200, headers: http.OutgoingHttpHeaders = {}): Respond =>
  (_, response) =>
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));

export const text =
  (body: string | Buffer, status = 200, headers: http.OutgoingHttpHeaders = {}): Respond =>
  (_, response) =>
    response.writeHead(status, { 'Content-Type': 'text/plain', ...headers }).end(body);

export const redirect =
  (status: number, location: string): Respond =>
  (_, response) =>
    response.writeHead(status, { Location: location }).end('moved');

/** Takes the connection away without a word. */
export const reset: Respond = (_seen, _response, request) => request.socket.resetAndDestroy();

import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { track } from './sockets.js';

export interface ConnectProxyOptions {
  /** The only hosts it knows, keyed by `host:port`. */
  readonly names: Readonly<Record<string, { readonly host: string; readonly port: number }>>;
  /** The Proxy-Authorization it wants. */
  readonly authorization?: string;
  /** Answers CONNECT with this status. */
  readonly refuseWith?: number;
  /** Takes CONNECT and never answers. */
  readonly silent?: boolean;
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface ConnectProxy {
  readonly port: number;
  /** `CONNECT host:port` and `GET http://…`, in order. */
  readonly asked: readonly string[];
  /** Connections that are open now. */
  open(): Promise<number>;
  close(): Promise<void>;
}

/** An HTTP proxy: CONNECT tunnels, and whole addresses for plain http. */
export async function connectProxy(options: ConnectProxyOptions): Promise<ConnectProxy> {
  const asked: string[] = [];
  const allowed = (request: http.IncomingMessage) =>
    options.authorization === undefined || request.headers['proxy-authorization'] === options.authorization;

  const forward = (request: http.IncomingMessage, response: http.ServerResponse) => {
    asked.push(`${request.method} ${request.url}`);
    if (!allowed(request)) return void response.writeHead(407).end('credentials, please');
    const url = new URL(request.url ?? '');
    const target = options.names[`${url.hostname}:${url.port || 80}`];
    if (!target) return void response.writeHead(502).end('unknown host');
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const onward = http.request(
      { ...target, method: request.method, path: url.pathname + url.search, headers: { ...headers, host: url.host } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  };
  const server = options.tls ? https.createServer(options.tls, forward) : http.createServer(forward);
  server.on('connect', (request: http.IncomingMessage, client: net.Socket) => {
    asked.push(`CONNECT ${request.url}`);
    client.on('error', () => client.destroy());
    if (options.silent) return void client.on('end', () => client.destroy()).resume();
    const refusal = options.refuseWith ?? (allowed(request) ? undefined : 407);
    if (refusal !== undefined) {
      return void client.end(`HTTP/1.1 ${refusal} No\r\nContent-Length: 6\r\n\r\nno way`);
    }
    const target = options.names[request.url ?? ''];
    if (!target) return void client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    const upstream = net.connect(target, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(upstream).pipe(client);
    });
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  const close = track(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as net.AddressInfo).port,
    asked,
    open: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    close,
  };
}

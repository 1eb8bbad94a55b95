/** An HTTP proxy that does to each request what it is told: between livywire and Livy, and between livywire and YARN. */
import { Agent, createServer, type IncomingHttpHeaders, type IncomingMessage, request as send } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { RequestFault } from './plan.js';

/** One request as the schedule sees it. */
export interface Passing {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
/** Says what happens to a request; `none` is nothing. */
export type Schedule = (passing: Passing) => RequestFault | 'none';

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** No answer: longer than livywire waits for one here. Then the connection is reset, as a proxy's own limit would. */
const HANG_MS = 4_000;
/** A request that arrives after its sender has gone. */
const LATE_MS = 3_000;
const DELAY_MS = 700;
/** For so long after a `refuse` nobody listens. */
const REFUSE_MS = 400;

export class FaultProxy {
  readonly #target: URL;
  readonly #schedule: Schedule;
  readonly #crash: () => void;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  #closed = false;
  /** Reasons not to listen. */
  #absences = 0;
  #changing: Promise<void> = Promise.resolve();

  /** @param crash - kills the server behind it */
  constructor(target: string, schedule: Schedule, crash: () => void = () => undefined) {
    this.#target = new URL(target);
    this.#schedule = schedule;
    this.#crash = crash;
  }

  async listen(): Promise<string> {
    await this.#open();
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Nobody listens until the returned function is called. Connections that are open are reset. */
  refuse(): () => void {
    if (this.#absences++ === 0) {
      this.#change(async () => {
        for (const socket of this.#sockets) reset(socket);
        await new Promise((resolve) => (this.#server ? this.#server.close(resolve) : resolve(undefined)));
        this.#server = undefined;
      });
    }
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      if (--this.#absences === 0) this.#change(() => this.#open());
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.refuse();
    await this.#changing;
    this.#agent.destroy();
  }

  /** One change after the other, so that the port is never bound twice. */
  #change(step: () => Promise<void>): void {
    this.#changing = this.#changing.then(step);
  }

  async #open(): Promise<void> {
    if (this.#closed) return;
    const server = createServer((request, response) => {
      this.#handle(request, response).catch(() => reset(request.socket));
    });
    server.keepAliveTimeout = 60_000;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { socket } = request;
    const passing = {
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: request.headers,
      body: body.toString(),
    };
    const forward = () => this.#forward(passing, body);
    const fault = this.#schedule(passing);
    switch (fault) {
      case 'refuse': {
        const back = this.refuse();
        await delay(REFUSE_MS);
        return back();
      }
      case 'reset-before':
        return reset(socket);
      case 'half-open':
        await delay(HANG_MS);
        return reset(socket);
      case 'late':
        await delay(LATE_MS);
        await forward();
        return reset(socket);
      case '500-before':
        return give(response, errorPage(500));
      case '503-before':
        return give(response, errorPage(503));
      case 'page-404':
        return give(response, errorPage(404));
      case 'delay':
        await delay(DELAY_MS);
        return give(response, await forward());
      case 'none':
        return give(response, await forward());
      case 'reset-after':
        await forward();
        return reset(socket);
      case 'crash-after':
        await forward();
        this.#crash();
        return reset(socket);
      case 'drop-reply':
        await forward();
        await delay(HANG_MS);
        return reset(socket);
      case '500-after':
        await forward();
        return give(response, errorPage(500));
      case '503-after':
        await forward();
        return give(response, errorPage(503));
      case 'twice':
        await forward();
        return give(response, await forward());
      case 'truncate': {
        const reply = await forward();
        response.writeHead(reply.status, { ...plain(reply), 'content-length': reply.body.length });
        response.write(half(reply.body), () => reset(socket));
        return;
      }
      case 'garble': {
        const reply = await forward();
        return give(response, { ...reply, body: half(reply.body) });
      }
    }
  }

  #forward({ method, path, headers }: Passing, body: Buffer): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const { host: _host, connection: _connection, ...rest } = headers;
      const { hostname, port } = this.#target;
      const out = send({ hostname, port, method, path, agent: this.#agent, headers: rest }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) });
        });
      });
      out.on('error', reject);
      out.end(body);
    });
  }
}

/** A socket that is being ended cannot be reset: Node 20 would keep its handle, and hang when the process ends. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else if (!socket.destroyed) socket.resetAndDestroy();
}

const half = (body: Buffer): Buffer => body.subarray(0, Math.floor(body.length / 2));
const plain = ({ headers }: Reply) => {
  const { 'transfer-encoding': _encoding, connection: _connection, 'keep-alive': _alive, ...rest } = headers;
  return rest;
};

function give(response: ServerResponse, reply: Reply): void {
  if (response.destroyed) return;
  response.writeHead(reply.status, { ...plain(reply), 'content-length': reply.body.length });
  response.end(reply.body);
}

/** A page of something on the way, not of the server. */
const errorPage = (status: number): Reply => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from(`<html><head><title>${status}</title></head><body>${status}</body></html>`),
});

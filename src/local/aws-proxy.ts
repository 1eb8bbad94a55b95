import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';

// Hop by hop, or answered by the server in front already.
const ours = new Set(['connection', 'keep-alive', 'expect', 'proxy-connection']);

/** Passes requests on as they come, bodies unread, so that an upload of any size costs no memory here. */
export class Proxy {
  readonly #target: URL;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(target: string) {
    this.#target = new URL(target);
  }

  /** @param body what was read of the request already; without it the request itself is passed on */
  forward(from: IncomingMessage, to: ServerResponse, body?: Buffer): void {
    const headers = Object.fromEntries(Object.entries(from.headers).filter(([name]) => !ours.has(name)));
    const onward = request({
      agent: this.#agent,
      host: this.#target.hostname,
      port: this.#target.port,
      method: from.method,
      path: from.url,
      headers,
    });
    onward.once('response', (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
      answer.pipe(to);
      answer.once('error', () => to.destroy());
    });
    // The client sees what it would see of a server that went away.
    onward.once('error', () => to.destroy());
    to.once('close', () => onward.destroy());
    if (body === undefined) from.pipe(onward);
    else onward.end(body);
  }
}

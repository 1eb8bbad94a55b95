import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { isForm, isFormType } from './aws-call.js';

// Hop by hop, or answered by the server in front already.
const ours = new Set(['connection', 'keep-alive', 'expect', 'proxy-connection']);

/** Passes requests on as they come, bodies unread, so that an upload of any size costs no memory here. */
export class Proxy {
  readonly #target: URL;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(target: string) {
    this.#target = new URL(target);
  }

  /**
   * @param body what was read of the request already; without it the request itself is passed on
   * @param onAnswer told of the answer before it is passed on
   */
  forward(
    from: IncomingMessage,
    to: ServerResponse,
    body?: Buffer,
    onAnswer?: (answer: IncomingMessage) => void,
  ): void {
    const onward = this.#request(from);
    onward.once('response', (answer) => {
      onAnswer?.(answer);
      to.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
      answer.pipe(to);
      answer.once('error', () => to.destroy());
    });
    // The client sees what it would see of a server that went away.
    onward.once('error', () => to.destroy());
    to.once('close', () => onward.destroy());
    send(from, onward, body);
  }

  /** Has a request carried out and keeps the answer to itself. */
  async perform(from: IncomingMessage, body?: Buffer): Promise<void> {
    const onward = this.#request(from);
    send(from, onward, body);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
  }

  #request(from: IncomingMessage): ClientRequest {
    return request({
      agent: this.#agent,
      host: this.#target.hostname,
      port: this.#target.port,
      method: from.method,
      path: from.url,
      headers: {
        ...Object.fromEntries(Object.entries(from.headers).filter(([name]) => !ours.has(name))),
        // moto reads a body of this type itself, and would keep an empty object: what curl puts has it.
        ...(isFormType(from) && !isForm(from) && { 'content-type': 'binary/octet-stream' }),
      },
    });
  }
}

function send(from: IncomingMessage, onward: ClientRequest, body: Buffer | undefined): void {
  if (body === undefined) from.pipe(onward);
  else onward.end(body);
}

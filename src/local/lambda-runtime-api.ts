import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ACCOUNT, REGION } from './aws-access.js';
import { readBody } from './read-body.js';

/** What came of a call. `isError`: the payload says what the function threw, or how it was ended. */
export interface Invoked {
  readonly payload: string;
  readonly isError: boolean;
}

export interface RuntimeCall {
  readonly id: string;
  readonly payload: string;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

/** An error in the words of Lambda. */
export const errorOf = (errorType: string, errorMessage: string): Invoked => ({
  payload: JSON.stringify({ errorType, errorMessage }),
  isError: true,
});

const ROOT = '/2018-06-01/runtime/';

interface Hooks {
  /** The runtime waits for the next call. */
  readonly onIdle: () => void;
  /** There is one. */
  readonly onCall: () => void;
}

/** Lambda's Runtime API, version 2018-06-01, for one process: it asks for a call, gets it, and posts what came of it. */
export class RuntimeApi {
  readonly #server: Server;
  readonly #arn: string;
  readonly #hooks: Hooks;
  #call: RuntimeCall | undefined;
  #done: ((result: Invoked) => void) | undefined;
  /** The runtime's request for a call, while there is none. */
  #asking: ServerResponse | undefined;

  constructor({ name }: { readonly name: string }, hooks: Hooks) {
    this.#arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
    this.#hooks = hooks;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
  }

  /** @returns what AWS_LAMBDA_RUNTIME_API has to be */
  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** One call at a time. */
  call(call: RuntimeCall): Promise<Invoked> {
    this.#call = call;
    const result = new Promise<Invoked>((resolve) => (this.#done = resolve));
    this.#hooks.onCall();
    this.#handOut();
    return result;
  }

  /** Ends the call that is under way, if there is one. */
  end(result: Invoked): void {
    const done = this.#done;
    this.#done = undefined;
    this.#call = undefined;
    done?.(result);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [what = '', id, kind] = (request.url ?? '').slice(ROOT.length).split('/').slice(0, 3);
    if (request.method === 'GET' && `${what}/${id ?? ''}` === 'invocation/next') {
      this.#asking = response;
      if (this.#call === undefined) this.#hooks.onIdle();
      else this.#handOut();
      return;
    }
    const payload = (await readBody(request)).toString('utf8');
    const isInit = what === 'init';
    // The answer to a call that was ended meanwhile is nobody's any more.
    if (isInit || id === this.#call?.id) this.end({ payload, isError: isInit || kind === 'error' });
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
  }

  #handOut(): void {
    const [call, response] = [this.#call, this.#asking];
    if (call === undefined || response === undefined) return;
    this.#asking = undefined;
    response.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': call.id,
      'lambda-runtime-deadline-ms': String(call.deadline),
      'lambda-runtime-invoked-function-arn': this.#arn,
      'lambda-runtime-trace-id': `Root=1-${Math.floor(call.deadline / 1_000).toString(16)}-${call.id.replaceAll('-', '').slice(0, 24)};Sampled=0`,
    });
    response.end(call.payload);
  }
}

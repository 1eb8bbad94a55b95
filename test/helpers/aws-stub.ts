import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';

/** Makes the next call of a kind fail. `acted`: it is carried out, and its answer is lost. */
export type Trouble =
  /** It is not carried out, and nothing is ever said. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'reset'; readonly acted: boolean }
  | { readonly kind: 'error'; readonly status: number; readonly code: string; readonly message: string };

/** What one service answers: an action's name and its input to an answer. @throws {@link Refused} */
export type Answers = (action: string, input: Readonly<Record<string, unknown>>) => unknown;

export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

export interface AwsStub {
  readonly url: string;
  /** Each action that arrived, in order. */
  readonly calls: string[];
  /** The next calls of this action fail so, in this order. */
  trouble(action: string, ...troubles: readonly Trouble[]): void;
}

/** One service of AWS on a socket of its own. `actionOf` finds out what a request asks for. */
export async function awsStub(
  t: ExecutionContext,
  actionOf: (request: IncomingMessage, body: string) => { readonly action: string; readonly input: object },
  answers: Answers,
): Promise<AwsStub> {
  const calls: string[] = [];
  const troubles = new Map<string, Trouble[]>();
  const fail = (response: ServerResponse, status: number, code: string, message: string): void => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': code });
    response.end(JSON.stringify({ __type: code, message }));
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { action, input } = actionOf(request, body);
    calls.push(action);
    const trouble = troubles.get(action)?.shift();
    if (trouble?.kind === 'silent') return;
    if (trouble?.kind === 'error') return fail(response, trouble.status, trouble.code, trouble.message);
    try {
      const told = trouble?.acted === false ? undefined : answers(action, input as Readonly<Record<string, unknown>>);
      if (trouble) request.socket.resetAndDestroy();
      else response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(told));
    } catch (error) {
      const { code = 'InternalServerError', status = 500, message } = error as Partial<Refused> & Error;
      fail(response, status, code, message);
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    trouble: (action, ...some) => troubles.set(action, [...(troubles.get(action) ?? []), ...some]),
  };
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { REGION } from './aws-access.js';
import { CallRefused, errorFor, sendError, sendJson } from './aws-answer.js';
import { type AwsCall, callOf, isForm, isInvocation, nameOf } from './aws-call.js';
import { CONTROL, control, type Controlled } from './aws-control.js';
import type { Proxy } from './aws-proxy.js';
import type { RedshiftData } from './aws-redshift.js';
import { sendInvoked } from './lambda-answer.js';
import { readBody } from './read-body.js';

export interface RouterParts extends Controlled {
  readonly proxy: Proxy;
  readonly redshift: RedshiftData;
  /** Whether what is made at the start is there. */
  readonly isReady: () => boolean;
  readonly log: (line: string) => void;
}

/** The server before moto: what a test asked for first, then EMR and Redshift where moto is untrue, then moto. */
export const awsRouter = (parts: RouterParts): Server =>
  createServer((request, response) => {
    answer(parts, request, response).catch((error: unknown) => {
      parts.log(`${request.method ?? ''} ${request.url ?? ''}: ${String(error)}`);
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { __type: 'InternalServerError', message: String(error) });
    });
  });

async function answer(parts: RouterParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? '/';
  // A step runs a program: no page in a browser of this machine may ask for one, under whatever name it found us.
  if (request.headers.origin !== undefined || !isLocal(request.headers.host)) {
    await drain(request);
    sendJson(response, 403, { __type: 'AccessDeniedException', message: 'Not for browsers' });
    return;
  }
  if (path === `${CONTROL}health`) {
    sendJson(response, parts.isReady() ? 200 : 503, {});
    return;
  }
  if (path.startsWith(CONTROL)) {
    sendControl(parts, response, request.method ?? 'GET', path, (await readBody(request)).toString('utf8'));
    return;
  }
  // Bodies of objects are passed on unread; the others are small, and say what is asked.
  const isSmall = request.headers['x-amz-target'] !== undefined || isForm(request) || isInvocation(request);
  const body = isSmall ? await readBody(request) : undefined;
  const call = callOf(request, body);
  parts.calls.set(nameOf(call), (parts.calls.get(nameOf(call)) ?? 0) + 1);

  const fault = parts.throttle.refuses(call)
    ? { error: errorFor('Throttling', call), after: false }
    : parts.faults.take(call);
  if (fault === undefined) {
    await carryOut(parts, call, request, response, body);
    return;
  }
  parts.log(`${nameOf(call)} gets ${fault.error.code}${fault.after ? ' after it was done' : ''}`);
  if (fault.after) await perform(parts, call, request, body);
  else if (body === undefined) await drain(request);
  if (fault.error.code === 'Reset') request.socket.resetAndDestroy();
  else sendError(response, call, fault.error);
}

/** A service that is answered here. */
interface OurService {
  knows(action: string): boolean;
  /** @throws CallRefused */
  call(action: string, input: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** Who answers here, if anybody. The instance's cluster is in one region; in the others there is nothing, and moto says so. */
function oursFor(parts: RouterParts, { service, action }: AwsCall, { headers }: IncomingMessage) {
  const ours: Readonly<Record<string, OurService>> = {
    elasticmapreduce: parts.emr,
    'redshift-data': parts.redshift,
  };
  const found = headers.authorization?.includes(`/${REGION}/`) === true ? ours[service] : undefined;
  return found?.knows(action) === true ? found : undefined;
}

const inputOf = (body: Buffer | undefined) => JSON.parse(body?.toString('utf8') ?? '{}') as Record<string, unknown>;

/** Does what is asked, and keeps the answer back. */
async function perform(parts: RouterParts, call: AwsCall, request: IncomingMessage, body?: Buffer): Promise<void> {
  const { lambda, proxy } = parts;
  const ours = oursFor(parts, call, request);
  if (call.service === 'lambda') await lambda.invoke(call.resource, body?.toString('utf8') ?? '');
  else if (ours) await ours.call(call.action, inputOf(body));
  else await proxy.perform(request, body);
}

/** Says that there is a new object, once moto has taken it and the writer has been told. Parts of an upload are none. */
function teller({ events, log }: RouterParts, call: AwsCall, request: IncomingMessage, response: ServerResponse) {
  const isPut = call.action === 'PutObject' && request.method === 'PUT' && request.url?.includes('uploadId=') !== true;
  if (!events.isOn || !isPut) return undefined;
  const [, bucket = '', key = ''] = /^\/([^/]+)\/(.+)$/s.exec(decodeURIComponent(call.resource)) ?? [];
  const size = Number(request.headers['x-amz-decoded-content-length'] ?? request.headers['content-length'] ?? 0);
  return ({ statusCode, headers }: IncomingMessage): void => {
    if (statusCode !== 200) return;
    const etag = (headers.etag ?? '').replaceAll('"', '');
    response.once('finish', () => {
      events.tell({ bucket, key, size, etag }).catch((error: unknown) => log(`events: ${String(error)}`));
    });
  };
}

async function carryOut(
  parts: RouterParts,
  call: AwsCall,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer | undefined,
): Promise<void> {
  const { lambda, proxy } = parts;
  const ours = oursFor(parts, call, request);
  if (call.service !== 'lambda' && !ours) {
    proxy.forward(request, response, body, teller(parts, call, request, response));
    return;
  }
  try {
    if (ours) sendJson(response, 200, await ours.call(call.action, inputOf(body)));
    else await sendInvoked(lambda, call, request, response, body);
  } catch (error) {
    if (error instanceof CallRefused) sendError(response, call, error.error);
    else if (error instanceof z.ZodError)
      sendError(response, call, { code: 'ValidationException', message: error.message, status: 400 });
    else throw error;
  }
}

function sendControl(parts: RouterParts, response: ServerResponse, method: string, path: string, text: string): void {
  try {
    const said = control(parts, method, path, text === '' ? undefined : (JSON.parse(text) as unknown));
    sendJson(response, said === undefined ? 404 : 200, said ?? { message: `There is no ${method} ${path}` });
  } catch (error) {
    sendJson(response, 400, { message: error instanceof Error ? error.message : String(error) });
  }
}

const isLocal = (host = ''): boolean => /^(127\.\d+\.\d+\.\d+|([\w.-]+\.)?localhost)(:\d+)?$/.test(host);

/** Lets an upload come to its end, so that the client reads the error and not a broken pipe. */
async function drain(request: IncomingMessage): Promise<void> {
  for await (const _ of request);
}

import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { ACCOUNT } from './aws-access.js';
import { escapeXml } from './conf.js';
import { type AwsCall, nameOf } from './aws-call.js';

/** An error as a service of AWS gives it. */
export interface AwsError {
  /** `AccessDenied`, `ExpiredToken`, `ThrottlingException`, or a code of the service's own. */
  readonly code: string;
  readonly message: string;
  readonly status: number;
}

/** Thrown by what answers a call; becomes the service's error. */
export class CallRefused extends Error {
  override readonly name = 'CallRefused';
  readonly error: AwsError;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.error = { code, message, status };
  }
}

const user = `arn:aws:sts::${ACCOUNT}:user/livywire-local`;

/** The well-known errors in each service's own words, by the name they have among people. */
export function errorFor(kind: string, call: AwsCall, message?: string): AwsError {
  const isJson = call.protocol === 'json' || call.protocol === 'rest';
  const say = (code: string, status: number, text: string): AwsError => ({ code, status, message: message ?? text });
  switch (kind) {
    case 'AccessDenied': {
      const resource = call.protocol === 's3' ? `"arn:aws:s3:::${decodeURIComponent(call.resource).slice(1)}"` : '*';
      return say(
        isJson ? 'AccessDeniedException' : call.service === 'ec2' ? 'UnauthorizedOperation' : 'AccessDenied',
        isJson ? 400 : 403,
        `User: ${user} is not authorized to perform: ${nameOf(call)} on resource: ${resource} ` +
          `because no identity-based policy allows the ${nameOf(call)} action`,
      );
    }
    case 'ExpiredToken':
      return call.protocol === 's3'
        ? say('ExpiredToken', 400, 'The provided token has expired.')
        : say(
            isJson ? 'ExpiredTokenException' : 'ExpiredToken',
            isJson ? 400 : 403,
            'The security token included in the request is expired',
          );
    case 'Throttling':
      if (call.protocol === 'rest') return say('TooManyRequestsException', 429, 'Rate Exceeded.');
      return call.protocol === 's3'
        ? say('SlowDown', 503, 'Please reduce your request rate.')
        : say(isJson ? 'ThrottlingException' : 'Throttling', 400, 'Rate exceeded');
    case 'InternalError':
      if (call.protocol === 'rest') return say('ServiceException', 500, 'An internal error occurred.');
      return call.protocol === 's3'
        ? say('InternalError', 500, 'We encountered an internal error. Please try again.')
        : say('InternalServerError', 500, 'An internal server error occurred.');
    default:
      return say(kind, 400, `${kind}: asked for by a test`);
  }
}

export function sendError(response: ServerResponse, call: AwsCall, error: AwsError): void {
  const id = randomUUID();
  const code = `<Code>${error.code}</Code><Message>${escapeXml(error.message)}</Message>`;
  const json = JSON.stringify({ __type: error.code, message: error.message, Message: error.message });
  const texts = {
    json,
    rest: json,
    query:
      call.service === 'ec2'
        ? `<Response><Errors><Error>${code}</Error></Errors><RequestID>${id}</RequestID></Response>`
        : `<ErrorResponse><Error><Type>Sender</Type>${code}</Error><RequestId>${id}</RequestId></ErrorResponse>`,
    s3: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${code}<RequestId>${id}</RequestId></Error>`,
  };
  const isJson = call.protocol === 'json' || call.protocol === 'rest';
  const type = isJson ? 'application/x-amz-json-1.1' : 'application/xml';
  // The rest of a body that nobody reads would stand in the way of the next request.
  response.writeHead(error.status, {
    'content-type': type,
    'x-amzn-requestid': id,
    connection: 'close',
    ...(call.protocol === 'rest' && { 'x-amzn-errortype': error.code }),
  });
  response.end(response.req.method === 'HEAD' ? undefined : texts[call.protocol]);
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import { awsClients, type AwsClients } from '../../src/aws/index.js';

type Answer = (input: Readonly<Record<string, unknown>>) => unknown;

/** Answers of the EMR API by the name of the call; one that throws an object is an error of AWS. */
export type EmrAnswers = Readonly<Record<string, Answer>>;

export interface EmrStub {
  readonly url: string;
  readonly clients: AwsClients;
  /** The calls in order. */
  readonly calls: readonly string[];
}

/** An EMR API of our own behind the SDK's real client. */
export async function clusterStub(t: ExecutionContext, answers: EmrAnswers): Promise<EmrStub> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const call = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
      calls.push(call);
      const reply = (status: number, body: unknown): void => {
        response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
      };
      const answer = answers[call];
      if (!answer) return reply(400, { __type: 'UnknownOperationException', message: call });
      try {
        reply(200, answer(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>));
      } catch (error) {
        reply(400, error instanceof Error ? { __type: error.name, message: error.message } : error);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients = awsClients({ region: 'eu-west-1', endpointUrl: url });
  t.teardown(() => {
    clients.close();
    server.closeAllConnections();
    server.close();
  });
  return { url, clients, calls };
}

/** As AWS refuses: `throw refusal('AccessDeniedException', '…')`. */
export const refusal = (name: string, message: string): Error => Object.assign(new Error(message), { name });

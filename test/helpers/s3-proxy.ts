import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of a request. `lost`: it is done, and its answer never comes. */
export type S3Fault = 'lost' | { readonly status: number; readonly code: string; readonly message?: string };

export interface S3Proxy {
  readonly url: string;
  /** `PUT /bucket/key`, in order, since the last `forget`. A list is `LIST prefix`. */
  readonly asked: string[];
  /** The next request whose line matches meets the fault. */
  failNext(line: RegExp, fault: S3Fault): void;
  forget(): void;
  close(): Promise<void>;
}

/** Stands before a real S3 server: counts what is asked, and lets go wrong what a real server does not let go wrong on demand. */
export async function s3Proxy(target: string): Promise<S3Proxy> {
  const asked: string[] = [];
  const faults: { readonly line: RegExp; readonly fault: S3Fault }[] = [];
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '', target);
    const isList = url.searchParams.get('list-type') === '2';
    const line = isList ? `LIST ${url.searchParams.get('prefix')}` : `${request.method} ${url.pathname}`;
    asked.push(line);
    const index = faults.findIndex((one) => one.line.test(line));
    const fault = index < 0 ? undefined : faults.splice(index, 1)[0]?.fault;
    if (fault !== undefined && fault !== 'lost') {
      request.resume();
      request.on('end', () => {
        const { code, message = code, status } = fault;
        response.writeHead(status, { 'content-type': 'application/xml' });
        response.end(
          request.method === 'HEAD'
            ? ''
            : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
        );
      });
      return;
    }
    const onward = http.request(
      url,
      // The signature covers the host that the client saw; moto does not look, and answers with links to it.
      { method: request.method ?? 'GET', headers: request.headers },
      (answer) => {
        if (fault === 'lost') {
          answer.resume();
          answer.on('end', () => request.socket.destroy());
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    failNext: (line, fault) => void faults.push({ line, fault }),
    forget: () => void asked.splice(0),
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

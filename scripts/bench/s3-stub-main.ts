/**
 * Stands in for S3 in memory: objects, conditional writes, lists of a thousand. Counts what it is asked. A process of its own; its address is its first
 * line, and it ends with its standard input. One bucket, whatever its name.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';

interface Stored {
  readonly body: Buffer;
  readonly etag: string;
  readonly at: Date;
}

const PAGE = 1_000;
const objects = new Map<string, Stored>();
/** Sorted, made anew when a name came or went. */
let names: string[] | undefined;
/** `PUT runs`, `LIST ended`: by what a ledger keeps there. */
const asked = new Map<string, number>();

function put(key: string, body: Buffer): Stored {
  if (!objects.has(key)) names = undefined;
  const stored = { body, etag: `"${createHash('md5').update(body).digest('hex')}"`, at: new Date() };
  objects.set(key, stored);
  return stored;
}

const xml = (text: string): string => `<?xml version="1.0" encoding="UTF-8"?>${text}`;
const failure = (code: string): string => xml(`<Error><Code>${code}</Code><Message>${code}</Message></Error>`);

/** Where a name would stand. */
function placeOf(sorted: readonly string[], name: string): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < name) low = middle + 1;
    else high = middle;
  }
  return low;
}

function list(query: URLSearchParams): string {
  names ??= [...objects.keys()].sort();
  const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
  const after = query.get('continuation-token') ?? '';
  const contents: string[] = [];
  const folders: string[] = [];
  let last = '';
  let i = placeOf(names, after === '' ? prefix : `${after}\u{10ffff}`);
  for (; i < names.length && contents.length + folders.length < PAGE; i++) {
    const name = names[i] ?? '';
    if (!name.startsWith(prefix)) break;
    const cut = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
    last = cut < 0 ? name : name.slice(0, cut + 1);
    if (cut >= 0) {
      folders.push(`<CommonPrefixes><Prefix>${last}</Prefix></CommonPrefixes>`);
      i = placeOf(names, `${last}\u{10ffff}`) - 1;
      continue;
    }
    const one = objects.get(name);
    contents.push(
      `<Contents><Key>${name}</Key><LastModified>${one?.at.toISOString()}</LastModified><ETag>${one?.etag.replaceAll('"', '&quot;')}</ETag><Size>${one?.body.length}</Size></Contents>`,
    );
  }
  const goesOn = i < names.length && (names[i] ?? '').startsWith(prefix);
  const next = goesOn ? `<NextContinuationToken>${last}</NextContinuationToken>` : '';
  return xml(
    `<ListBucketResult><IsTruncated>${goesOn}</IsTruncated>${next}${contents.join('')}${folders.join('')}</ListBucketResult>`,
  );
}

function store(key: string, body: Buffer, { headers }: IncomingMessage, response: ServerResponse): void {
  const there = objects.get(key);
  const isRefused =
    headers['if-none-match'] === '*'
      ? there !== undefined
      : headers['if-match'] !== undefined && headers['if-match'] !== there?.etag;
  if (headers['if-match'] !== undefined && !there) return void response.writeHead(404).end(failure('NoSuchKey'));
  if (isRefused) return void response.writeHead(412).end(failure('PreconditionFailed'));
  response.writeHead(200, { etag: put(key, body).etag }).end();
}

/** Ours, beside S3's: what was asked since the last time, and objects without a request each. */
function bench(method: string, body: Buffer, response: ServerResponse): void {
  if (method === 'POST') for (const key of body.toString().split('\n')) put(key, Buffer.from('{}\n'));
  response.end(JSON.stringify(Object.fromEntries(asked)));
  asked.clear();
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { method = 'GET' } = request;
    const url = new URL(request.url ?? '/', 'http://s3');
    const body = Buffer.concat(chunks);
    if (url.pathname === '/-bench') return bench(method, body, response);
    const [, , ...rest] = url.pathname.split('/');
    const key = decodeURIComponent(rest.join('/'));
    const isList = url.searchParams.get('list-type') === '2';
    const place = /(?:^|\/)(runs|active|ended|ledger|watcher)\b/.exec(
      isList ? (url.searchParams.get('prefix') ?? '') : key,
    )?.[1];
    const line = `${isList ? 'LIST' : method} ${place ?? 'other'}`;
    asked.set(line, (asked.get(line) ?? 0) + 1);
    if (isList) return void response.writeHead(200, { 'content-type': 'application/xml' }).end(list(url.searchParams));
    if (method === 'PUT') return key === '' ? void response.end() : store(key, body, request, response);
    if (method === 'DELETE') {
      if (objects.delete(key)) names = undefined;
      return void response.writeHead(204).end();
    }
    const there = objects.get(key);
    if (!there) return void response.writeHead(404).end(method === 'HEAD' ? '' : failure('NoSuchKey'));
    response.writeHead(200, {
      etag: there.etag,
      'last-modified': there.at.toUTCString(),
      'content-length': there.body.length,
    });
    response.end(method === 'HEAD' ? '' : there.body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.stdin.resume().on('end', () => process.exit());

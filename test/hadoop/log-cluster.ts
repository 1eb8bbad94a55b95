import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import type { Clock, LogArchive, LogItem, LogOpening, RunRef } from '../../src/core/index.js';
import { DriverLog } from '../../src/hadoop/index.js';
import { Http } from '../../src/http/index.js';
import { testClock } from '../../src/testing/index.js';
import { itemsOf, loggedRef } from '../helpers/log-readers.js';

interface Recorded {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer as a real server gave it (scripts/record-driver-logs.ts); its body has one character for each byte. */
export const recordedLog = (name: string): Recorded =>
  JSON.parse(readFileSync(new URL(`../fixtures/hadoop/${name}.json`, import.meta.url), 'utf8')) as Recorded;
export const bytesOf = ({ body }: Pick<Recorded, 'body'>): Buffer => Buffer.from(body, 'latin1');

const APP_ID = 'application_1795406199772_0016';
export const containerOf = (start: number, epoch = ''): string =>
  `container_${epoch}1795406199772_0016_0${start}_000001`;

type Files = Record<string, string | Buffer>;

/** The recorded answer with another file in it: the first or last bytes, as asked. */
export function logAnswer(
  name: 'node-last-bytes' | 'collected-last-bytes',
  file: string | Buffer,
  size: number,
): Buffer {
  const bytes = Buffer.from(file);
  const [head = '', rest = ''] = recordedLog(name).body.split(/(?<=LogContents:\n)/);
  const trailer = /\n?End of LogType[^]*/.exec(rest)?.[0] ?? '';
  const shown = size >= 0 ? bytes.subarray(0, size) : bytes.subarray(Math.max(0, bytes.length + size));
  const header = head.replace(/LogLength:\d+/, `LogLength:${bytes.length}`);
  return Buffer.concat([Buffer.from(header, 'latin1'), shown, Buffer.from(trailer, 'latin1')]);
}

/** A cluster on this machine that tests change while it is read. Its answers are the recorded ones. */
class LogCluster {
  /** What each start of the driver has written so far. */
  readonly files: Files[] = [{ stdout: '', stderr: '' }];
  /** How each start's node answers: `gone` after the end, as it was recorded; `down` not at all; `silent` with an error. */
  readonly nodes: ('up' | 'gone' | 'unknown' | 'error' | 'old')[] = ['up'];
  /** What YARN has collected: nothing yet, or files of each start. */
  collected: Files[] | undefined;
  /** What it collected of the same files at another time. */
  laterParts: Files = {};
  isOver = false;
  /** The driver is done, and YARN has not wound its application up. */
  isEnding = false;
  /** In client mode no one tells where the driver listens. */
  isClientMode = false;
  isForgotten = false;
  isDown = false;
  /** The ResourceManager alone is out of reach. */
  isBlind = false;
  /** `e17_`: of a ResourceManager that was restarted so often. */
  epoch = '';
  /** The addresses in the ResourceManager's list of nodes. */
  clusterNodes: string[] = [];
  /** Whoever asks for that list is refused. */
  hidesNodes = false;
  /** The containers that run now, the driver's among them. */
  containers: string[] = [];
  readonly asked: { readonly to: string; readonly path: string; readonly headers: IncomingHttpHeaders }[] = [];

  app(): Recorded {
    if (this.isForgotten)
      return { status: 404, headers: json, body: '{"RemoteException":{"exception":"NotFoundException"}}' };
    const recorded = recordedLog(this.isOver ? 'app-over' : 'app-running');
    const one = this.isEnding
      ? { ...recorded, body: recorded.body.replace('"finalStatus":"UNDEFINED"', '"finalStatus":"SUCCEEDED"') }
      : recorded;
    return this.isClientMode ? { ...one, body: one.body.replace(/"amRPCAddress":"[^"]*",/, '') } : one;
  }

  attempts(): Recorded {
    const one = recordedLog(this.isOver ? 'attempts-over' : 'attempts-running');
    type Answer = { appAttempts: { appAttempt: Record<string, unknown>[] } };
    const first = (JSON.parse(one.body) as Answer).appAttempts.appAttempt[0];
    const appAttempt = this.files.map((_, i) => ({
      ...first,
      id: i + 1,
      containerId: containerOf(i + 1, this.epoch),
      ...(i < this.files.length - 1 && { finishedTime: 1 }),
    }));
    return { ...one, body: JSON.stringify({ appAttempts: { appAttempt } }) };
  }

  answer(url: URL): Recorded | Buffer {
    if (this.isDown) return { status: 503, headers: {}, body: '' };
    const path = url.pathname;
    if (this.isBlind && path.includes('/ws/v1/cluster/')) return { status: 503, headers: {}, body: '' };
    if (path.endsWith('/containers')) {
      const container = this.containers.map((containerId) => ({ containerId, nodeHttpAddress: 'http://node:8042' }));
      return { status: 200, headers: json, body: JSON.stringify({ container }) };
    }
    if (path.endsWith('/appattempts')) return this.attempts();
    if (path.includes('/cluster/apps/')) return this.app();
    if (path.endsWith('/cluster/info')) return { status: 200, headers: json, body: info };
    if (path === '/ws/v1/cluster/nodes') {
      if (this.hidesNodes) return { status: 403, headers: {}, body: '' };
      const node = this.clusterNodes.map((nodeHTTPAddress) => ({ nodeHTTPAddress, state: 'RUNNING' }));
      return { status: 200, headers: json, body: JSON.stringify({ nodes: { node } }) };
    }
    if (path === '/conf') return recordedLog(`conf-${(url.searchParams.get('name') ?? '').replaceAll('.', '-')}`);
    const [, container = '', file = ''] = /(container_\w+)\/(?:logs\/)?(\w+)$/.exec(path) ?? [];
    const start = Number(/_0(\d)_\d+$/.exec(container)?.[1]) - 1;
    const size = Number(url.searchParams.get('size'));
    if (path.includes('/ws/v1/node/')) return this.#node(start, file, size);
    const kept = this.collected?.[start]?.[file];
    if (this.collected === undefined) return recordedLog('collected-not-yet');
    if (kept === undefined) return recordedLog('collected-no-container');
    const later = this.laterParts[file];
    const parts = [kept, ...(later === undefined ? [] : [later])];
    return Buffer.concat(parts.map((part) => logAnswer('collected-last-bytes', part, size)));
  }

  #node(start: number, file: string, size: number): Recorded | Buffer {
    const state = this.nodes[start] ?? 'up';
    const content = this.files[start]?.[file];
    if (state === 'error') return { status: 502, headers: {}, body: 'bad gateway' };
    if (state === 'old') return Buffer.from(content ?? '');
    if (state === 'unknown' || content === undefined) {
      return { status: 404, headers: json, body: '{"RemoteException":{"message":"Unknown container"}}' };
    }
    if (state === 'gone') return recordedLog('node-after-end');
    const answer = logAnswer('node-last-bytes', content, size);
    const isRunning = !this.isOver && start === this.files.length - 1;
    return isRunning
      ? answer
      : Buffer.from(answer.toString('latin1').replace(/\.This log file belongs.*/, ''), 'latin1');
  }
}

const json = { 'content-type': 'application/json' };
const info = JSON.stringify({
  clusterInfo: { startedOn: 1, state: 'STARTED', haState: 'ACTIVE', resourceManagerVersion: '3.3.4' },
});

export const ref: RunRef = { ...loggedRef, appId: APP_ID };

/** A cluster behind a real socket. */
export async function serveCluster(
  t: ExecutionContext,
): Promise<{ readonly cluster: LogCluster; readonly base: string }> {
  const cluster = new LogCluster();
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    cluster.asked.push({ to: request.headers.host ?? '', path: url.pathname, headers: request.headers });
    const answer = cluster.answer(url);
    if (Buffer.isBuffer(answer)) response.writeHead(200, { 'content-type': 'text/plain' }).end(answer);
    else {
      // Where the node sends us there is nothing: the log server of 3.3.4 does not know that path.
      const { location: _, ...headers } = answer.headers;
      response.writeHead(answer.status === 307 ? 404 : answer.status, headers).end(bytesOf(answer));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { cluster, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** The cluster, and a reader over it. */
export async function openLog(t: ExecutionContext, opening: LogOpening = {}, archiveOf?: (clock: Clock) => LogArchive) {
  const { cluster, base } = await serveCluster(t);
  const https: Http[] = [];
  const open = (baseUrl: string, service: string) => {
    const http = new Http({ baseUrl, service, retries: 0 });
    https.push(http);
    return http;
  };
  const reached: string[] = [];
  const clock = testClock();
  const log = new DriverLog({
    https: [open(base, 'YARN')],
    reach: (baseUrl, service) => {
      reached.push(baseUrl);
      return open(`${base}/${service === 'The NodeManager' ? 'node' : 'logs'}`, service);
    },
    ...(archiveOf && { archive: archiveOf(clock) }),
    clock,
  });
  t.teardown(() => {
    for (const http of https) http.close();
  });
  const reader = log.open(ref, opening);
  return {
    cluster,
    clock,
    https,
    reached,
    log,
    reader,
    /** The next reading, after the pause that a follower makes. */
    read: async () => {
      await clock.sleep(5_000);
      return shown(await itemsOf(reader.read(ref)));
    },
    finish: async () => shown(await itemsOf(reader.finish(ref))),
  };
}

/** `1 stdout: text`, `notice: …`, `gap stdout: …`. */
export const shown = (items: readonly LogItem[]): string[] =>
  items.map((item) => {
    if (item.type === 'line') return `${item.driver ?? ''} ${item.stream}: ${item.text}`;
    return item.type === 'gap' ? `gap ${item.stream}: ${item.reason}` : `notice: ${item.text}`;
  });

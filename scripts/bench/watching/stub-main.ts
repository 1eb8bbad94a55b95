/**
 * A Livy, and the YARN behind it, for thousands of runs that begin and end on demand: a process of its own, so that its share of the machine is not
 * taken for the watcher's. Prints its address and serves until its standard input ends. Batches and applications look as the recorded ones do.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import process from 'node:process';

interface Batch {
  readonly id: number;
  readonly name: string | null;
  readonly appId: string;
  readonly tags: string;
  readonly startedMs: number;
  /** When its application ends. */
  endsMs: number;
}

const STARTED_MS = Date.now() - 86_400_000;
/** Livy knows of an end this much later than YARN, at the most. */
const LIVY_POLL_MS = Number(process.argv[2] ?? 0);
/** As Livy does after its ten minutes. */
const KEPT_MS = 60_000;
/** By their ids; oldest first. */
const batches = new Map<number, Batch>();
let nextId = 0;
const byName = new Map<string, Batch>();
const byApp = new Map<string, Batch>();
const byTag = new Map<string, Batch>();
let counts: Record<string, number> = {};

const appIdOf = (id: number): string => `application_${STARTED_MS}_${String(id + 1).padStart(4, '0')}`;
const hasEnded = ({ endsMs }: Batch, now: number): boolean => now >= endsMs;
/** Livy's poll of YARN comes round for each batch at a time of its own. */
const livyHasSeen = (batch: Batch, now: number): boolean =>
  hasEnded(batch, now - (LIVY_POLL_MS === 0 ? 0 : (batch.id * 1_237) % LIVY_POLL_MS));

/** The last ten lines of spark-submit, in YARN cluster mode. */
const linesOf = ({ appId }: Batch): readonly string[] =>
  Array.from(
    { length: 10 },
    (_, i) => `26/11/23 09:00:0${i} INFO Client: Application report for ${appId} (state: RUNNING)`,
  );

const batchView = (batch: Batch, now: number): object => ({
  id: batch.id,
  name: batch.name,
  owner: null,
  proxyUser: null,
  state: livyHasSeen(batch, now) ? 'success' : 'running',
  appId: batch.appId,
  appInfo: {
    driverLogUrl: `http://ip-10-0-0-9.ec2.internal:8042/node/containerlogs/container_${STARTED_MS}_${batch.id}_01_000001/hadoop`,
    sparkUiUrl: `http://ip-10-0-0-7.ec2.internal:20888/proxy/${batch.appId}/`,
  },
  log: ['stdout: ', '\nstderr: ', ...linesOf(batch), '\nYARN Diagnostics: '],
});

const appView = (batch: Batch, now: number): object => {
  const over = hasEnded(batch, now);
  return {
    id: batch.appId,
    user: 'hadoop',
    name: batch.name ?? '',
    queue: 'default',
    state: over ? 'FINISHED' : 'RUNNING',
    finalStatus: over ? 'SUCCEEDED' : 'UNDEFINED',
    progress: over ? 100 : 10,
    trackingUI: over ? 'History' : 'ApplicationMaster',
    trackingUrl: `http://ip-10-0-0-7.ec2.internal:20888/proxy/${batch.appId}/`,
    diagnostics: '',
    clusterId: STARTED_MS,
    applicationType: 'SPARK',
    applicationTags: batch.tags,
    priority: 0,
    startedTime: batch.startedMs,
    launchTime: batch.startedMs + 500,
    finishedTime: over ? batch.endsMs : 0,
    elapsedTime: (over ? batch.endsMs : now) - batch.startedMs,
    amContainerLogs: `http://ip-10-0-0-9.ec2.internal:8042/node/containerlogs/container_${STARTED_MS}_${batch.id}_01_000001/hadoop`,
    amHostHttpAddress: 'ip-10-0-0-9.ec2.internal:8042',
    allocatedMB: over ? -1 : 4_096,
    allocatedVCores: over ? -1 : 2,
    runningContainers: over ? -1 : 2,
    memorySeconds: 40_960,
    vcoreSeconds: 20,
    unmanagedApplication: false,
    logAggregationStatus: over ? 'SUCCEEDED' : 'RUNNING',
  };
};

const send = (response: ServerResponse, body: unknown, status = 200): void => {
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      'Content-Type': 'application/json;charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
      Date: new Date().toUTCString(),
    })
    .end(text);
};

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
}

/** What ended long ago, by all that knows it. */
function forget(): void {
  const before = Date.now() - KEPT_MS;
  for (const batch of batches.values()) {
    if (batch.endsMs > before) continue;
    batches.delete(batch.id);
    byApp.delete(batch.appId);
    for (const tag of batch.tags.split(',')) byTag.delete(tag);
    if (batch.name !== null) byName.delete(batch.name);
  }
}

/** A job whose first argument is a number takes so many seconds; any other goes on until it is told to end. */
function create({ name = null, conf, args }: Record<string, unknown>): Batch {
  const id = nextId++;
  const seconds = Number((args as readonly string[] | undefined)?.[0] ?? Infinity);
  const given = (conf as Record<string, string> | undefined)?.['spark.yarn.tags'];
  const tags = [`livy-batch-${id}-x`, ...(given ?? '').split(',')].join(',').toLowerCase();
  const batch = {
    id,
    name: name as string | null,
    appId: appIdOf(id),
    tags,
    startedMs: Date.now(),
    endsMs: Date.now() + 1_000 * seconds,
  };
  batches.set(id, batch);
  byApp.set(batch.appId, batch);
  for (const tag of tags.split(',')) byTag.set(tag, batch);
  if (batch.name !== null) byName.set(batch.name, batch);
  return batch;
}

/** What is asked of the stub itself, and counts for nothing. */
async function control(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
  switch (url.pathname) {
    case '/_counts': {
      const cpu = process.cpuUsage();
      send(response, { counts, cpuMs: (cpu.user + cpu.system) / 1_000 });
      if (url.searchParams.has('reset')) counts = {};
      return;
    }
    case '/_fill': {
      const { names } = (await bodyOf(request)) as { names: readonly string[] };
      const made = names.map((name) => create({ name, conf: { 'spark.yarn.tags': name } }));
      return send(response, { ids: made.map(({ id }) => id), appIds: made.map(({ appId }) => appId) });
    }
    case '/_end': {
      // Each of `ids` ends at a time of its own within `overMs` from now.
      const { ids, overMs } = (await bodyOf(request)) as { ids: readonly number[]; overMs: number };
      const now = Date.now();
      ids.forEach((id, i) => {
        const batch = batches.get(id);
        if (batch) batch.endsMs = Math.round(now + ((i + 1) / ids.length) * overMs);
      });
      return send(response, { endsMs: ids.map((id) => batches.get(id)?.endsMs) });
    }
    default:
      return send(response, {}, 404);
  }
}

const appsOf = (query: URLSearchParams): readonly Batch[] => {
  const tags = query.get('applicationTags')?.split(',');
  return tags ? tags.flatMap((tag) => byTag.get(tag) ?? []) : [...batches.values()];
};

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://stub');
  const { pathname } = url;
  if (pathname.startsWith('/_')) return control(url, request, response);
  const now = Date.now();
  const path = `${request.method} ${pathname.replace(/\/(batches|apps)\/[^/]+/, '/$1/*')}`;
  const who = String(request.headers['x-bench'] ?? '');
  const counted = who === '' ? path : `${who}: ${path}`;
  counts[counted] = (counts[counted] ?? 0) + 1;
  if (path === 'POST /batches') return send(response, batchView(create(await bodyOf(request)), now), 201);
  if (path === 'GET /batches') {
    const from = Number(url.searchParams.get('from') ?? 0);
    const size = Number(url.searchParams.get('size') ?? 100);
    const sessions = [...batches.values()].slice(from, from + size).map((batch) => batchView(batch, now));
    return send(response, { from, total: batches.size, sessions });
  }
  if (path === 'GET /version') return send(response, { version: '0.8.0-incubating' });
  if (path === 'GET /ws/v1/cluster/info')
    return send(response, {
      clusterInfo: { id: STARTED_MS, startedOn: STARTED_MS, state: 'STARTED', haState: 'ACTIVE' },
    });
  if (path === 'GET /ws/v1/cluster/apps') {
    const apps = appsOf(url.searchParams);
    return send(response, { apps: apps.length === 0 ? null : { app: apps.map((batch) => appView(batch, now)) } });
  }
  const segment = decodeURIComponent(pathname.split('/').at(pathname.startsWith('/ws') ? -1 : 2) ?? '');
  if (path === 'GET /ws/v1/cluster/apps/*') {
    const batch = byApp.get(segment);
    const body = { RemoteException: { exception: 'NotFoundException', message: `app with id ${segment} not found` } };
    return batch ? send(response, { app: appView(batch, now) }) : send(response, body, 404);
  }
  const batch = /^\d+$/.test(segment) ? batches.get(Number(segment)) : byName.get(segment);
  if (!batch) return send(response, { msg: `Session '${segment}' not found.` }, 404);
  if (path === 'GET /batches/*/state')
    return send(response, { id: batch.id, state: livyHasSeen(batch, now) ? 'success' : 'running' });
  if (path === 'GET /batches/*/log')
    return send(response, {
      id: batch.id,
      from: 0,
      total: 4,
      log: ['stdout: ', 'out 1 of 2: café', 'out 2 of 2: 数据处理', '\nstderr: '],
    });
  if (path === 'GET /batches/*') return send(response, batchView(batch, now));
  send(response, {}, 404);
}

const server = createServer((request, response) => void serve(request, response));
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
setInterval(forget, 5_000);
process.stdin.resume().on('end', () => process.exit(0));

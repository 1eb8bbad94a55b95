/** A small stand-in for YARN's ResourceManager: its REST answers are the recorded ones, with our applications in them. */
import { readFileSync } from 'node:fs';
import { readdir, readFile, stat, unlink } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type App, type AppBook, type TrueEnd } from './app-book.js';

interface Recorded {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
const recorded = (name: string): Recorded =>
  JSON.parse(readFileSync(new URL(`../fixtures/yarn/${name}.json`, import.meta.url), 'utf8')) as Recorded;
/** The application alone, out of an answer about one or out of a list of one. */
const appIn = (name: string): string =>
  /^\{"apps?":(?:\{"app":\[)?(\{.*?\})(?:\]\})?\}$/s.exec(recorded(name).body)![1]!;

const templates = {
  accepted: appIn('spark-fails-accepted-undefined'),
  running: appIn('spark-running'),
  'clearing-up': appIn('spark-succeeds-running-succeeded'),
  SUCCEEDED: appIn('spark-succeeds'),
  FAILED: appIn('spark-fails'),
  KILLED: appIn('app-killed'),
};
const answers = {
  info: recorded('info'),
  recovering: recorded('restarting-info'),
  none: recorded('apps-none'),
  notFound: recorded('app-not-found'),
  killTaken: recorded('kill-running'),
  killed: recorded('kill-killed'),
  unknownConf: recorded('conf-unknown-name'),
};
const conf: Readonly<Record<string, Recorded>> = {
  'yarn.webapp.filter-entity-list-by-user': recorded('conf-filter'),
  'yarn.resourcemanager.max-completed-applications': recorded('conf-max-completed'),
  'yarn.resourcemanager.state-store.max-completed-applications': recorded('conf-stored'),
};

const POLL_MS = 40;
/** After the name of a spark-submit that was started. */
const LAUNCHED = '.launched';

export class RmStandIn {
  readonly #book: AppBook;
  readonly #folder: string;
  readonly #server: Server;
  #timer: NodeJS.Timeout | undefined;
  #absences = 0;
  /** What has ended stays as it is, and is listed again and again. */
  readonly #ended = new Map<string, string>();
  #phase: 'active' | 'starting' | 'recovering' = 'active';
  #closed = false;

  /** @param folder - where the stand-in for spark-submit drops its applications */
  constructor(book: AppBook, folder: string) {
    this.#book = book;
    this.#folder = folder;
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.keepAliveTimeout = 60_000;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#takeIn();
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Out of reach, also for spark-submit, which tries again until it is back: when the returned function is called. */
  leave(): () => void {
    this.#absences++;
    return () => void this.#absences--;
  }

  /**
   * `starting`: its web server answers 503, and nothing behind it does. `recovering`: it answers, and knows no application
   * yet, as was recorded; spark-submit waits in both.
   */
  set phase(value: 'active' | 'starting' | 'recovering') {
    this.#phase = value;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #takeIn(): void {
    this.#timer = setTimeout(() => {
      const isOpen = this.#absences === 0 && this.#phase === 'active';
      void (isOpen ? this.#takeInAll() : Promise.resolve()).finally(() => {
        if (!this.#closed) this.#takeIn();
      });
    }, POLL_MS);
  }

  async #takeInAll(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    // What was started stands there before what came of it: both may have come since the last look.
    for (const name of names.filter((one) => one.endsWith(LAUNCHED))) {
      const path = join(this.#folder, name);
      this.#book.launch(name.slice(0, -LAUNCHED.length), (await stat(path)).mtimeMs);
      await unlink(path);
    }
    for (const name of names.filter((one) => !one.endsWith(LAUNCHED))) {
      const path = join(this.#folder, name);
      const text = await readFile(path, 'utf8').catch(() => '');
      const [, tags, life, end] = /^(\S*) (\S+) (SUCCEEDED|FAILED)\n$/.exec(text) ?? [];
      if (tags === undefined || life === undefined) continue; // not written to its end yet
      await unlink(path);
      this.#book.register(tags.split(','), Number(life) * 1_000, end as TrueEnd, name);
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.#absences > 0) return void request.socket.destroy();
    const url = new URL(request.url ?? '/', 'http://rm');
    const id = /^\/ws\/v1\/cluster\/apps\/(application_\d+_\d+)(\/state)?$/.exec(url.pathname);
    const give = ({ status, headers }: Recorded, body: string): void => {
      // Its date stands there twice, as the real one has it.
      const now = new Date().toUTCString();
      response.writeHead(status, { ...headers, date: `${now}, ${now}`, 'content-length': Buffer.byteLength(body) });
      response.end(body);
    };
    request.resume();
    if (this.#phase === 'starting') {
      response.writeHead(503, { 'content-type': 'text/html' });
      return void response.end('<html><body>Service Unavailable</body></html>');
    }
    if (url.pathname === '/ws/v1/cluster/info') {
      return give(answers.info, this.#info(this.#phase === 'recovering' ? answers.recovering : answers.info));
    }
    if (url.pathname === '/conf') {
      const setting = conf[url.searchParams.get('name') ?? ''] ?? answers.unknownConf;
      return give(setting, setting.body);
    }
    if (this.#phase === 'recovering') {
      if (id) return give(answers.notFound, answers.notFound.body.replaceAll('application_1_0001', id[1]!));
      return give(answers.none, answers.none.body);
    }
    if (url.pathname === '/ws/v1/cluster/apps') return give(answers.none, this.#list(url.searchParams));
    if (!id) return give({ ...answers.notFound, status: 404 }, answers.notFound.body);
    const app = this.#book.byId(id[1]!);
    if (!app) return give(answers.notFound, answers.notFound.body.replaceAll('application_1_0001', id[1]!));
    if (request.method === 'PUT') {
      const isOver = this.#book.phase(app) === 'over';
      this.#book.kill(app);
      const kill = isOver ? answers.killed : answers.killTaken;
      return give(kill, isOver ? JSON.stringify({ state: stateOf(app) }) : kill.body);
    }
    give({ ...answers.none, status: 200 }, `{"app":${this.#view(app)}}`);
  }

  #list(query: URLSearchParams): string {
    const tag = query.get('applicationTags');
    let apps = tag === null ? this.#book.shown() : this.#book.shownUnder(tag.toLowerCase());
    if (query.has('states')) {
      const wanted = new Set(query.get('states')!.split(','));
      apps = apps.filter((app) => this.#book.phase(app) === 'over' && wanted.has(stateOf(app)));
    }
    const [begin, end] = [query.get('finishedTimeBegin'), query.get('finishedTimeEnd')];
    if (begin !== null) apps = apps.filter((app) => app.endMs >= Number(begin));
    if (end !== null) apps = apps.filter((app) => this.#book.phase(app) === 'over' && app.endMs <= Number(end));
    const shown = apps.slice(0, Number(query.get('limit') ?? Infinity));
    return shown.length === 0
      ? answers.none.body
      : `{"apps":{"app":[${shown.map((app) => this.#view(app)).join(',')}]}}`;
  }

  #info({ body }: Recorded): string {
    return body.replaceAll(/("id"|"startedOn"):\d+/g, `$1:${this.#book.startedMs}`);
  }

  /** The recorded text with this application's own values: what else stands there, repeated keys included, stays. */
  #view(app: App): string {
    const phase = this.#book.phase(app);
    const kept = this.#ended.get(app.id);
    if (kept !== undefined) return kept;
    const values: Readonly<Record<string, string>> = {
      id: JSON.stringify(app.id),
      ...(phase === 'clearing-up' && { finalStatus: JSON.stringify(app.end) }),
      applicationTags: JSON.stringify(app.tags.join(',')),
      clusterId: String(this.#book.startedMs),
      startedTime: String(app.startedMs),
      launchTime: String(app.startedMs + 10),
      finishedTime: phase === 'over' ? String(app.endMs) : '0',
    };
    let text: string = templates[phase === 'over' ? app.end : phase];
    for (const [key, value] of Object.entries(values)) {
      text = text.replace(new RegExp(`"${key}":(?:"[^"]*"|-?\\d+)`), () => `"${key}":${value}`);
    }
    if (phase === 'over') this.#ended.set(app.id, text);
    return text;
  }
}

const stateOf = ({ end }: App): string => (end === 'KILLED' ? 'KILLED' : 'FINISHED');

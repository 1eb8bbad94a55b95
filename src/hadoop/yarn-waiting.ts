import {
  type CallOptions,
  type Clock,
  HttpStatusError,
  isLivywireError,
  redactText,
  type RunRef,
  type RunWaiting,
  type WaitingSource,
} from '../core/index.js';
import type { Http, Query } from '../http/index.js';
import * as z from 'zod/mini';
import { parsed } from './parsed.js';
import { queueNamed, type Queue, queuesOf } from './scheduler.js';
import { type Size, type WaitFacts, waitingOf } from './wait-cause.js';

const count = z.catch(z.number().check(z.nonnegative()), 0);
const text = z.catch(z.string(), '');

const App = z.object({
  id: z.string(),
  state: z.string(),
  name: text,
  user: text,
  queue: text,
  diagnostics: text,
  startedTime: count,
  elapsedTime: count,
  priority: z.catch(z.number(), 0),
  /** -1 where it has none, or we may not see it. */
  allocatedMB: z.catch(z.number(), 0),
  runningContainers: z.catch(z.number(), 0),
  resourceRequests: z.catch(z.array(z.object({ numContainers: count, capability: z.object({ memory: count }) })), []),
});
type App = z.infer<typeof App>;

const Apps = z.object({
  apps: z.catch(z.nullish(z.object({ app: z.catch(z.array(App), []) })), undefined),
});

const Nodes = z.object({
  nodes: z.catch(
    z.nullish(z.object({ node: z.catch(z.array(z.object({ usedMemoryMB: count, availMemoryMB: count })), []) })),
    undefined,
  ),
});

export interface YarnWaitingOptions {
  /** Of the ResourceManagers: one, or several of which one is active. */
  readonly https: readonly [Http, ...Http[]];
  readonly user?: string | undefined;
  readonly clock: Clock;
}

const QUEUED = new Set(['NEW', 'NEW_SAVING', 'SUBMITTED', 'ACCEPTED']);
/** What is the same for everybody who waits is asked once for all of them. */
const SHARED_MS = 5_000;
const NODES_MS = 60_000;
/** Of an answer that is not what was asked for: a wait is explained again soon. */
const SHOWN = 300;

/**
 * Why an application waits, from the ResourceManager's REST API: the application and what it asks for, the scheduler's
 * queues (capacity, fair or FIFO), the queue's other applications, the nodes. Hadoop 2.8 to 3.4.
 * @example
 * ```ts
 * const waiting = new YarnWaiting({ https: [new Http({ baseUrl: 'http://rm.corp:8088', service: 'YARN' })], clock });
 * console.log((await waiting.explain(run.ref))?.summary); // ACCEPTED 12m · queue default 100 % used · 3 ahead
 * ```
 */
export class YarnWaiting implements WaitingSource {
  readonly #https: readonly [Http, ...Http[]];
  /** The one that answered last. */
  #http: Http;
  readonly #who: Query;
  readonly #clock: Clock;
  readonly #shared = new Map<string, { readonly untilMs: number; readonly answer: Promise<unknown> }>();

  constructor({ https, user, clock }: YarnWaitingOptions) {
    this.#https = https;
    [this.#http] = https;
    this.#who = user === undefined ? {} : { 'user.name': user };
    this.#clock = clock;
  }

  /** @throws UnreachableError, HttpStatusError, AuthError, BadAnswerError, where none of them can tell */
  async explain({ appId }: RunRef, options: CallOptions = {}): Promise<RunWaiting | undefined> {
    if (appId === undefined) return undefined;
    for (let tries = 1; ; tries++) {
      const http = this.#http;
      try {
        return await this.#explain(appId, options);
      } catch (error) {
        options.signal?.throwIfAborted();
        if (!isLivywireError(error) || tries >= this.#https.length) throw error;
        if (http === this.#http) this.#turn();
      }
    }
  }

  /** It is down, or a standby one: the next one is asked, and nothing that was heard of this one counts. */
  #turn(): void {
    this.#http = this.#https[(this.#https.indexOf(this.#http) + 1) % this.#https.length] ?? this.#https[0];
    this.#shared.clear();
  }

  async #explain(appId: string, options: CallOptions): Promise<RunWaiting | undefined> {
    const app = await this.#app(appId, options);
    if (!app || !isWaiting(app)) return undefined;
    // Of what is beside the application, each makes the answer poorer where it cannot be had.
    const [queue, others, nodes] = await Promise.all([
      orNothing(this.#queue(app.queue), options),
      orNothing(this.#others(app), options),
      orNothing(this.#nodes(), options),
    ]);
    const wants = wantsOf(app);
    return waitingOf({
      raw: app.state,
      isStarting: app.state === 'ACCEPTED' && app.runningContainers > 0,
      diagnostics: redactText(app.diagnostics).trim(),
      queueName: app.queue,
      ...(app.elapsedTime > 0 && { waitedMs: app.elapsedTime }),
      ...(wants && { wants }),
      ...(queue && { queue }),
      ...others,
      ...(nodes && { nodes }),
    });
  }

  async #app(appId: string, options: CallOptions): Promise<App | undefined> {
    try {
      const path = `/ws/v1/cluster/apps/${encodeURIComponent(appId)}`;
      return parse(z.object({ app: App }), await this.#get(path, {}, options), 'an application').app;
    } catch (error) {
      if (error instanceof HttpStatusError && error.status === 404) return undefined;
      throw error;
    }
  }

  async #queue(name: string): Promise<Queue | undefined> {
    const queues = await this.#together('scheduler', SHARED_MS, async () =>
      queuesOf(await this.#get('/ws/v1/cluster/scheduler')),
    );
    return queueNamed(queues, name);
  }

  async #others({ id, queue, startedTime, priority }: App): Promise<Pick<WaitFacts, 'ahead' | 'largest'>> {
    const apps = await this.#together(`apps ${queue}`, SHARED_MS, async () => {
      const query = { states: 'ACCEPTED,RUNNING', queue, deSelects: 'resourceRequests' };
      return parse(Apps, await this.#get('/ws/v1/cluster/apps', query), 'a list of applications').apps?.app ?? [];
    });
    const isAhead = (one: App) =>
      one.id !== id &&
      QUEUED.has(one.state) &&
      (one.priority > priority || (one.priority === priority && one.startedTime < startedTime));
    const running = apps.filter((one) => one.id !== id && one.allocatedMB > 0);
    const all = apps.reduce((sum, one) => sum + Math.max(0, one.allocatedMB), 0);
    const largest = running.sort((a, b) => b.allocatedMB - a.allocatedMB)[0];
    return {
      ahead: apps.filter(isAhead).length,
      ...(largest && {
        largest: {
          appId: largest.id,
          name: largest.name,
          percent: Math.round((largest.allocatedMB / all) * 100),
        },
      }),
    };
  }

  #nodes(): Promise<NonNullable<WaitFacts['nodes']>> {
    return this.#together('nodes', NODES_MS, async () => {
      const answer = await this.#get('/ws/v1/cluster/nodes', { states: 'RUNNING' });
      const nodes = parse(Nodes, answer, 'a list of nodes').nodes?.node ?? [];
      const most = (of: (node: (typeof nodes)[number]) => Size): Size =>
        nodes.map(of).reduce((a, b) => (b.memoryMb > a.memoryMb ? b : a), { memoryMb: 0 });
      return {
        count: nodes.length,
        largest: most((one) => ({ memoryMb: one.usedMemoryMB + one.availMemoryMB })),
        freest: most((one) => ({ memoryMb: one.availMemoryMB })),
      };
    });
  }

  /** One question for all who ask at about the same time. It belongs to nobody, so that no one's abort ends it for others. */
  #together<T>(what: string, forMs: number, ask: () => Promise<T>): Promise<T> {
    const now = this.#clock.now();
    for (const [key, { untilMs }] of this.#shared) if (untilMs <= now) this.#shared.delete(key);
    const known = this.#shared.get(what);
    if (known) return known.answer as Promise<T>;
    const answer = ask();
    this.#shared.set(what, { untilMs: now + forMs, answer });
    answer.catch(() => this.#shared.delete(what));
    return answer;
  }

  /** A wait is explained again soon: no repeats. */
  #get(path: string, query: Query = {}, options: CallOptions = {}): Promise<unknown> {
    return this.#http.get(path, { timeoutMs: 10_000, ...options, retries: 0, query: { ...query, ...this.#who } });
  }
}

/** In the queue; or its master has been given a container, and nothing that it asks for since. */
const isWaiting = (app: App): boolean =>
  QUEUED.has(app.state) || (app.state === 'RUNNING' && app.runningContainers === 1 && wantsOf(app) !== undefined);

/** Requests are told for any host, for racks and for hosts: the largest counts. */
function wantsOf({ resourceRequests }: App): WaitFacts['wants'] {
  const open = resourceRequests.filter(({ numContainers }) => numContainers > 0);
  const [first, ...rest] = open.map(({ capability }) => ({ memoryMb: capability.memory }));
  return rest.reduce((a, b) => (a && b.memoryMb > a.memoryMb ? b : a), first);
}

async function orNothing<T>(answer: Promise<T>, { signal }: CallOptions): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    return undefined;
  }
}

/** @throws BadAnswerError */
const parse = <T>(schema: z.ZodMiniType<T>, answer: unknown, what: string): T =>
  parsed(schema, answer, `YARN's answer is not ${what}`, SHOWN);

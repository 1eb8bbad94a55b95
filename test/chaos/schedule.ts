/** Which fault falls on which request: each key has its own list, so that a seed gives the same faults again. */
import type { Passing, Schedule } from './fault-proxy.js';
import { type FaultKind, type KeyPlan, type RequestFault } from './plan.js';

/** A plain client says whose request it is; livywire's own name or tag says it by itself. */
export const KEY_HEADER = 'x-chaos-key';

/** Share of the requests about no key in particular (lists, the cluster itself) that are done something to. */
const WEATHER = 0.08;
const weather: readonly RequestFault[] = [
  'reset-before',
  'reset-after',
  'drop-reply',
  'half-open',
  'delay',
  '500-before',
  '503-after',
  'truncate',
  'garble',
  'page-404',
];

/** A key's faults, used up one by one, and what was used. */
export class Affliction {
  readonly #left: Record<'posts' | 'livy' | 'yarn', (RequestFault | 'none')[]>;
  readonly seen = new Set<FaultKind>();

  constructor(plan: Pick<KeyPlan, 'posts' | 'livy' | 'yarn'>) {
    this.#left = { posts: [...plan.posts], livy: [...plan.livy], yarn: [...plan.yarn] };
  }

  next(sort: 'posts' | 'livy' | 'yarn'): RequestFault | 'none' {
    const fault = this.#left[sort].shift() ?? 'none';
    if (fault !== 'none') this.seen.add(fault);
    return fault;
  }
}

export class FaultSchedule {
  /** By the name of the key's attempts, less the number. */
  readonly #keys = new Map<string, Affliction>();
  readonly #tagOf: (appId: string) => string | undefined;
  readonly #random: () => number;
  readonly counts = new Map<FaultKind, number>();
  /** Whether requests about no key are spared: in the end, faults heal. */
  isHealed = false;

  constructor(seed: number, tagOf: (appId: string) => string | undefined) {
    this.#random = random(seed);
    this.#tagOf = tagOf;
  }

  add(name: string, affliction: Affliction): void {
    this.#keys.set(name, affliction);
  }
  count(kind: FaultKind, times = 1): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + times);
  }

  readonly livy: Schedule = (passing) => this.#next(passing, passing.method === 'POST' ? 'posts' : 'livy');
  readonly yarn: Schedule = (passing) => this.#next(passing, 'yarn');

  /** Whether the request is about one of its keys. */
  knows(passing: Passing): boolean {
    return this.#keyOf(passing) !== undefined;
  }

  #next(passing: Passing, sort: 'posts' | 'livy' | 'yarn'): RequestFault | 'none' {
    const key = this.#keyOf(passing);
    const fault = key ? key.next(sort) : this.#byWeather();
    if (fault !== 'none') this.count(fault);
    return fault;
  }

  #keyOf({ path, body, headers }: Passing): Affliction | undefined {
    const said = headers[KEY_HEADER];
    if (typeof said === 'string') return this.#keys.get(said);
    const appId = /application_\d+_\d+/.exec(path)?.[0];
    const text = appId === undefined ? `${path} ${body}` : this.#tagOf(appId);
    const name = /livywire-[0-9a-f]{32}/.exec(text ?? '')?.[0];
    return name === undefined ? undefined : this.#keys.get(name);
  }

  #byWeather(): RequestFault | 'none' {
    if (this.isHealed || this.#random() >= WEATHER) return 'none';
    return weather[Math.floor(this.#random() * weather.length)]!;
  }
}

/** mulberry32: small, and the same everywhere. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What YARN itself says of every application, read without any proxy and kept: a YARN that forgets does not take it along. */
import { setTimeout as delay } from 'node:timers/promises';
import { within } from '../../../src/local/within.js';

export interface YarnApp {
  readonly id: string;
  readonly tags: readonly string[];
  readonly state: string;
  readonly finalStatus: string;
  /** When it ended by YARN's clock, milliseconds since the epoch; 0 before. */
  readonly endMs: number;
  /** YARN lost its memory after this was read. */
  readonly isForgotten: boolean;
}

interface Listed {
  readonly id: string;
  readonly applicationTags?: string;
  readonly state: string;
  readonly finalStatus: string;
  readonly finishedTime: number;
}

const OVER = ['FINISHED', 'FAILED', 'KILLED'];
const POLL_MS = 700;

export class YarnBook {
  readonly #url: string;
  readonly #apps = new Map<string, YarnApp>();
  #closed = false;
  readonly #polling: Promise<void>;

  /** @param url - of the ResourceManager itself */
  constructor(url: string) {
    this.#url = url;
    this.#polling = this.#poll();
  }

  /** The applications under a tag, as last seen. */
  under(tag: string): readonly YarnApp[] {
    return [...this.#apps.values()].filter(({ tags }) => tags.includes(tag));
  }

  /** Resolves once one of them is in one of these states. */
  async seen(states: readonly string[], tags: readonly string[]): Promise<void> {
    while (!tags.some((tag) => this.under(tag).some(({ state }) => states.includes(state)))) {
      if (this.#closed) return;
      await delay(POLL_MS / 2);
    }
  }

  /** YARN has been started without what it knew. */
  forget(): void {
    for (const [id, app] of this.#apps) this.#apps.set(id, { ...app, isForgotten: true });
  }

  /** Reads until nothing runs under these tags any more, and then once more after `quietMs`. */
  async settled(tags: readonly string[], quietMs: number, limitMs: number): Promise<void> {
    const limit = Date.now() + limitMs;
    const isBusy = () =>
      tags.some((tag) => this.under(tag).some(({ state, isForgotten }) => !isForgotten && !OVER.includes(state)));
    for (let quietSince = Date.now(); Date.now() - quietSince < quietMs; await delay(500)) {
      if (!(await this.read()) || isBusy()) quietSince = Date.now();
      if (Date.now() > limit) throw new Error(`applications still run: ${JSON.stringify([...this.#apps.values()])}`);
    }
  }

  /** `false` where YARN did not answer. */
  async read(): Promise<boolean> {
    const answer = await within(5_000, async (signal) => {
      const reply = await fetch(`${this.#url}/ws/v1/cluster/apps`, { signal });
      return reply.ok ? ((await reply.json()) as { apps?: { app?: readonly Listed[] } | null }) : undefined;
    }).catch(() => undefined);
    if (answer === undefined) return false;
    for (const { id, applicationTags = '', state, finalStatus, finishedTime } of answer.apps?.app ?? []) {
      const tags = applicationTags.split(',');
      this.#apps.set(id, { id, tags, state, finalStatus, endMs: finishedTime, isForgotten: false });
    }
    return true;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#polling;
  }

  async #poll(): Promise<void> {
    while (!this.#closed) {
      await this.read();
      await delay(POLL_MS);
    }
  }
}

/** How it ended in livywire's words; `undefined` while it has not. */
export function endOf({ state, finalStatus }: YarnApp): string | undefined {
  if (state === 'KILLED' || (state === 'FINISHED' && finalStatus === 'KILLED')) return 'cancelled';
  if (state === 'FAILED' || (state === 'FINISHED' && finalStatus === 'FAILED')) return 'failed';
  return state === 'FINISHED' && finalStatus === 'SUCCEEDED' ? 'succeeded' : undefined;
}

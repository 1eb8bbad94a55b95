import { setTimeout as delay } from 'node:timers/promises';
import type { JobSpec } from '../../src/core/index.js';
import { KEY_HEADER } from './schedule.js';

/** The last pause is longer than a restart of Livy takes. */
const TRIES = 6;
const POLL_MS = 700;

/** A Livy client as they are commonly written: what fails is tried again, a batch that is gone has failed. */
export class PlainClient {
  readonly #url: string;
  readonly #key: string;
  readonly #timeoutMs: number;
  /** What it heard last. */
  readonly heard: string[] = [];

  constructor(url: string, key: string, timeoutMs: number) {
    this.#url = url;
    this.#key = key;
    this.#timeoutMs = timeoutMs;
  }

  /** `succeeded`, `failed`, or `lost` where it gave up. */
  async run(spec: JobSpec): Promise<string> {
    try {
      const { id } = (await this.#ask('POST', '/batches', spec)) as { id: number };
      for (;;) {
        await delay(POLL_MS);
        const batch = (await this.#ask('GET', `/batches/${id}`)) as { state: string } | undefined;
        this.heard.push(batch?.state ?? '404');
        if (!batch) return 'failed';
        if (batch.state === 'success') return 'succeeded';
        if (['dead', 'error', 'killed'].includes(batch.state)) return 'failed';
      }
    } catch (error) {
      this.heard.push((error as Error).message);
      return 'lost';
    }
  }

  async #ask(method: string, path: string, body?: unknown): Promise<unknown> {
    for (let i = 1; ; i++) {
      try {
        const reply = await fetch(this.#url + path, {
          method,
          headers: { 'content-type': 'application/json', 'x-requested-by': 'plain', [KEY_HEADER]: this.#key },
          signal: AbortSignal.timeout(this.#timeoutMs),
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        if (reply.status === 404) return undefined;
        if (!reply.ok) throw new Error(`HTTP ${reply.status}`);
        return await reply.json();
      } catch (error) {
        if (i >= TRIES) throw error;
        await delay(300 * 2 ** i);
      }
    }
  }
}

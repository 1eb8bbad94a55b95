import { type Clock, isLivywireError } from '../core/index.js';
import type { OpenServices, Services, Wishes } from './services.js';

/** Services that outlive an invocation: a warm function finds them open. */
export class Connection {
  readonly #open: OpenServices;
  readonly #clock: Clock;
  #kept: { readonly services: Services; readonly sinceMs: number } | undefined;

  constructor(open: OpenServices, clock: Clock) {
    this.#open = open;
    this.#clock = clock;
  }

  async services(wishes: Wishes): Promise<Services> {
    const kept = this.#kept;
    if (kept && this.#clock.now() - kept.sinceMs < (kept.services.holdsMs ?? Infinity)) return kept.services;
    await this.drop();
    const services = await this.#open(wishes);
    this.#kept = { services, sinceMs: this.#clock.now() };
    return services;
  }

  /** Closes what is open, and with it what is under way: the next invocation opens anew. */
  async drop(): Promise<void> {
    const kept = this.#kept;
    this.#kept = undefined;
    await kept?.services.close();
  }

  /** A server that is out of reach, or refuses us, may have moved, or have new credentials. */
  async dropAfter(error: unknown): Promise<void> {
    const isOurs = isLivywireError(error);
    if (!isOurs || error.code === 'UNREACHABLE' || error.code === 'AUTH_REFUSED') await this.drop();
  }
}

import { type Clock, isLivywireError } from '../core/index.js';
import type { OpenServices, Services, Wishes } from './services.js';

/** Services that outlive an invocation: a warm function finds them open. */
export class Connection {
  readonly #open: OpenServices;
  readonly #clock: Clock;
  #kept: { readonly services: Promise<Services>; readonly sinceMs: number } | undefined;

  constructor(open: OpenServices, clock: Clock) {
    this.#open = open;
    this.#clock = clock;
  }

  /** The same for all who ask while it is being opened. */
  async services(wishes: Wishes): Promise<Services> {
    const kept = this.#kept;
    const services = kept && (await kept.services);
    if (kept && services && this.#clock.now() - kept.sinceMs < (services.holdsMs ?? Infinity)) return services;
    if (this.#kept !== kept) return this.services(wishes); // somebody else has opened it anew
    const opening = this.#open(wishes);
    this.#kept = { services: opening, sinceMs: this.#clock.now() };
    try {
      return await opening;
    } catch (error) {
      this.#kept = undefined;
      throw error;
    } finally {
      await services?.close();
    }
  }

  /** Closes what is open, and with it what is under way: the next invocation opens anew. */
  async drop(): Promise<void> {
    const kept = this.#kept;
    this.#kept = undefined;
    await (await kept?.services.catch(() => undefined))?.close();
  }

  /** A server that is out of reach, or refuses us, may have moved, or have new credentials. */
  async dropAfter(error: unknown): Promise<void> {
    const isOurs = isLivywireError(error);
    if (!isOurs || error.code === 'UNREACHABLE' || error.code === 'AUTH_REFUSED') await this.drop();
  }
}

import { type Clock, ConfigError, type Logger, systemClock, UnreachableError } from '../core/index.js';
import { answers, freePort, HeldProgram } from './held-program.js';
import type { SshSettings } from './settings-via.js';

/** A passphrase may have to be typed. */
const OPEN_WITHIN_MS = 60_000;
const LOOK_EACH_MS = 100;
const AGAIN_AFTER_MS = 2_000;
const AGAIN_AT_MOST_MS = 60_000;

export interface WayOptions {
  readonly clock?: Clock;
  readonly logger?: Logger | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A way into a private network, as a proxy on this machine. */
export interface Way {
  /** `socks5h://127.0.0.1:<port>` */
  readonly proxy: string;
  close(): Promise<void>;
}

/** A SOCKS proxy on this machine that leads to where ssh leads: `ssh -N -D`. */
export class SshWay implements Way {
  readonly proxy: string;
  readonly #via: SshSettings;
  readonly #port: number;
  readonly #clock: Clock;
  readonly #logger: Logger | undefined;
  readonly #closing = new AbortController();
  #ssh: HeldProgram | undefined;
  #isOpen = false;
  #startedAt = 0;
  #againAfterMs = AGAIN_AFTER_MS;

  private constructor(via: SshSettings, port: number, { clock = systemClock, logger }: WayOptions) {
    this.#via = via;
    this.#port = port;
    this.#clock = clock;
    this.#logger = logger;
    this.proxy = `socks5h://127.0.0.1:${port}`;
  }

  /** @throws ConfigError where there is no ssh, UnreachableError in ssh's own words */
  static async open(via: SshSettings, options: WayOptions = {}): Promise<SshWay> {
    const way = new SshWay(via, await freePort(), options);
    try {
      way.#start();
      await way.#untilOpen(options.signal);
      return way;
    } catch (error) {
      await way.close();
      throw error;
    }
  }

  /** Ends ssh, and waits a moment for it. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#ssh?.close();
  }

  #start(): void {
    const { host, port } = this.#via;
    const args = [
      ...['-N', '-D', `127.0.0.1:${this.#port}`],
      ...['-o', 'ExitOnForwardFailure=yes', '-o', 'ServerAliveInterval=15', '-o', 'ServerAliveCountMax=3'],
      ...(port === undefined ? [] : ['-p', String(port)]),
      ...['--', host],
    ];
    this.#startedAt = this.#clock.now();
    this.#ssh = new HeldProgram('ssh', args, { clock: this.#clock, onEnd: () => this.#over() });
  }

  #over(): void {
    if (this.#closing.signal.aborted || !this.#isOpen) return;
    // One that ends each time right after its start is asked for less and less often.
    const wasUp = this.#clock.now() - this.#startedAt > AGAIN_AT_MOST_MS;
    const afterMs = wasUp ? AGAIN_AFTER_MS : this.#againAfterMs;
    this.#againAfterMs = Math.min(2 * afterMs, AGAIN_AT_MOST_MS);
    this.#logger?.warn(`${this.#sentence()}; it is started again in ${afterMs / 1_000} s`);
    this.#clock.sleep(afterMs, this.#closing.signal).then(
      () => this.#start(),
      () => undefined,
    );
  }

  async #untilOpen(signal: AbortSignal | undefined): Promise<void> {
    const begin = this.#clock.now();
    for (;;) {
      signal?.throwIfAborted();
      if (this.#ssh?.end !== undefined) throw this.#failure();
      if (await answers(this.#port)) break;
      if (this.#clock.now() - begin > OPEN_WITHIN_MS)
        throw new UnreachableError(`${this.#via.from}: ssh ${this.#via.host} opened no way within a minute`, 'no');
      await this.#clock.sleep(LOOK_EACH_MS, signal);
    }
    this.#isOpen = true;
  }

  #failure(): Error {
    const { from } = this.#via;
    if (this.#ssh?.end === '127') return new ConfigError(`${from}: there is no ssh on the PATH`, { field: from });
    return new UnreachableError(`${this.#sentence()}; try it by hand: ssh ${this.#via.host}`, 'no');
  }

  #sentence(): string {
    return `${this.#via.from}: ssh ${this.#via.host} ${this.#ssh?.endWords ?? ''}`;
  }
}

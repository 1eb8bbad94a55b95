import { connect, type Socket } from 'node:net';
import { type Clock, plainLine, systemClock } from '../core/index.js';
import { answers, freePort, HeldProgram } from './held-program.js';
import type { SsmSettings } from './settings-via.js';
import { SocksFront } from './socks-front.js';
import type { Way, WayOptions } from './ssh-way.js';

/** The plugin asks AWS and the node; from afar that takes seconds. */
const OPEN_WITHIN_MS = 30_000;
const LOOK_EACH_MS = 200;
/** What one run reads lies behind four ports and a few nodes; who reads the logs of a hundred executors closes the oldest. */
const MOST_OPEN = 24;
const DOCUMENT = 'AWS-StartPortForwardingSessionToRemoteHost';

export interface SsmWayOptions extends WayOptions {
  /** The node that forwards: `i-0abc…`. Asked when it is needed, and again where it does not answer any more. */
  readonly target: () => Promise<string>;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

interface Forward {
  readonly port: number;
  readonly program: HeldProgram;
  readonly users: Set<Socket>;
}

/**
 * Session Manager's port forwardings behind a SOCKS proxy of our own: one `aws ssm start-session` per host and port that somebody
 * connects to, begun by the first and shared by all. Each ends with us; one that ended on the way is begun anew.
 */
export class SsmWay implements Way {
  readonly #via: SsmSettings;
  readonly #options: SsmWayOptions;
  readonly #clock: Clock;
  readonly #forwards = new Map<string, Promise<Forward>>();
  readonly #said = new Set<string>();
  #front: SocksFront | undefined;
  #target: Promise<string> | undefined;
  #isClosed = false;

  private constructor(via: SsmSettings, options: SsmWayOptions) {
    this.#via = via;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  static async open(via: SsmSettings, options: SsmWayOptions): Promise<SsmWay> {
    const way = new SsmWay(via, options);
    way.#front = await SocksFront.open((host, port) => way.#dial(host, port));
    return way;
  }

  get proxy(): string {
    return this.#front?.proxy ?? '';
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#front?.close();
    const ending = [...this.#forwards.values()].map(async (one) => (await one).program.close());
    this.#forwards.clear();
    await Promise.allSettled(ending);
  }

  async #dial(host: string, port: number): Promise<Socket> {
    const place = `${host}:${port}`;
    const known = this.#forwards.get(place);
    const opening = known ?? this.#open(host, port);
    this.#forwards.delete(place);
    this.#forwards.set(place, opening); // as the newest
    try {
      const forward = await opening;
      await this.#closeOldest();
      const socket = connect({ host: '127.0.0.1', port: forward.port });
      forward.users.add(socket);
      socket.once('close', () => forward.users.delete(socket));
      await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
      return socket;
    } catch (error) {
      if (this.#forwards.get(place) === opening) this.#forwards.delete(place);
      this.#target = undefined; // it may be another one by now
      await opening.then(({ program }) => program.close()).catch(() => undefined);
      this.#say(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  async #open(host: string, port: number): Promise<Forward> {
    const target = await (this.#target ??= this.#options.target());
    const localPort = await freePort();
    const { region, profile } = this.#options;
    const parameters = { host: [host], portNumber: [String(port)], localPortNumber: [String(localPort)] };
    const args = [
      ...['ssm', 'start-session', '--target', target, '--document-name', DOCUMENT],
      ...['--parameters', JSON.stringify(parameters)],
      ...(region === undefined ? [] : ['--region', region]),
      ...(profile === undefined ? [] : ['--profile', profile]),
    ];
    const place = `${host}:${port}`;
    const program = new HeldProgram('aws', args, {
      ends: 'group', // aws starts session-manager-plugin, and does not end it when it is ended
      clock: this.#clock,
      onEnd: () => void this.#forwards.delete(place),
    });
    const what = `${this.#via.from}: aws ssm start-session to ${target} for ${place}`;
    const begin = this.#clock.now();
    while (!(await answers(localPort))) {
      if (program.end === '127')
        throw new Error(
          `${this.#via.from}: there is no aws on the PATH; Session Manager needs AWS's CLI and its plugin`,
        );
      if (program.end !== undefined) throw new Error(`${what} ${program.endWords}`);
      if (this.#isClosed || this.#clock.now() - begin > OPEN_WITHIN_MS) {
        await program.close();
        throw new Error(`${what} opened no way within ${OPEN_WITHIN_MS / 1_000} s`);
      }
      await this.#clock.sleep(LOOK_EACH_MS);
    }
    return { port: localPort, program, users: new Set() };
  }

  async #closeOldest(): Promise<void> {
    for (const [place, opening] of this.#forwards) {
      if (this.#forwards.size <= MOST_OPEN) return;
      const { program, users } = await opening.catch(() => ({ program: undefined, users: undefined }));
      if (!program || users.size > 0) continue;
      this.#forwards.delete(place);
      await program.close();
    }
  }

  /** Once: whoever asks for the host tries again and again. */
  #say(words: string): void {
    if (this.#isClosed || this.#said.has(words)) return;
    this.#said.add(words);
    this.#options.logger?.warn(plainLine(words));
  }
}

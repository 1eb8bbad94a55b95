import { type ChildProcess, spawn } from 'node:child_process';
import { connect, createServer, type AddressInfo } from 'node:net';
import {
  type Clock,
  ConfigError,
  type Logger,
  plainLine,
  redactText,
  systemClock,
  UnreachableError,
} from '../core/index.js';
import type { ViaSettings } from './settings-via.js';

/** A passphrase may have to be typed. */
const OPEN_WITHIN_MS = 60_000;
const LOOK_EACH_MS = 100;
const AGAIN_AFTER_MS = 2_000;
const CLOSE_WITHIN_MS = 2_000;
const KEPT_WORDS = 2_000;

/**
 * Runs a program until our end of a pipe closes, however we end: a process that is killed closes its pipes too. Ctrl-C
 * is for us to answer, so it does not reach the program.
 */
const UNTIL_WE_END = `trap '' INT QUIT HUP
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
( read -r _ <&3; kill "$child" 2>/dev/null ) &
watch=$!
wait "$child"
code=$?
kill "$watch" 2>/dev/null
exit "$code"`;

export interface SshWayOptions {
  readonly clock?: Clock;
  readonly logger?: Logger | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A SOCKS proxy on this machine that leads to where ssh leads: `ssh -N -D`. */
export class SshWay {
  readonly proxy: string;
  readonly #via: ViaSettings;
  readonly #port: number;
  readonly #clock: Clock;
  readonly #logger: Logger | undefined;
  readonly #closing = new AbortController();
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #end: string | undefined;
  #words = '';

  private constructor(via: ViaSettings, port: number, { clock = systemClock, logger }: SshWayOptions) {
    this.#via = via;
    this.#port = port;
    this.#clock = clock;
    this.#logger = logger;
    this.proxy = `socks5h://127.0.0.1:${port}`;
  }

  /** @throws ConfigError where there is no ssh, UnreachableError in ssh's own words */
  static async open(via: ViaSettings, options: SshWayOptions = {}): Promise<SshWay> {
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
    this.#child?.stdin?.end();
    const late = this.#clock.sleep(CLOSE_WITHIN_MS).then(() => void this.#child?.kill());
    await Promise.race([this.#ended, late]);
  }

  #start(): void {
    const { host, port } = this.#via;
    const args = [
      ...['-N', '-D', `127.0.0.1:${this.#port}`],
      ...['-o', 'ExitOnForwardFailure=yes', '-o', 'ServerAliveInterval=15', '-o', 'ServerAliveCountMax=3'],
      ...(port === undefined ? [] : ['-p', String(port)]),
      ...['--', host],
    ];
    const child = spawn('/bin/sh', ['-c', UNTIL_WE_END, 'livywire-via', 'ssh', ...args], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    this.#child = child;
    this.#end = undefined;
    this.#words = '';
    child.stderr.on('data', (chunk: Buffer) => (this.#words = (this.#words + chunk.toString()).slice(-KEPT_WORDS)));
    child.stdin.on('error', () => undefined); // it may be gone before we are
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => (this.#over(error.message), resolve()));
      child.once('close', (code, signal) => (this.#over(String(signal ?? code)), resolve()));
    });
    // What we wait for is the cluster, never the way there.
    child.unref();
    for (const pipe of [child.stdin, child.stderr]) (pipe as unknown as { unref?: () => void }).unref?.();
  }

  #over(how: string): void {
    this.#end ??= how;
    if (this.#closing.signal.aborted || !this.#isOpen) return;
    this.#logger?.warn(`${this.#sentence()}; it is started again`);
    this.#clock.sleep(AGAIN_AFTER_MS, this.#closing.signal).then(
      () => this.#start(),
      () => undefined,
    );
  }

  #isOpen = false;

  async #untilOpen(signal: AbortSignal | undefined): Promise<void> {
    const begin = this.#clock.now();
    for (;;) {
      signal?.throwIfAborted();
      if (this.#end !== undefined) throw this.#failure();
      if (await answers(this.#port)) break;
      if (this.#clock.now() - begin > OPEN_WITHIN_MS)
        throw new UnreachableError(`${this.#via.from}: ssh ${this.#via.host} opened no way within a minute`, 'no');
      await this.#clock.sleep(LOOK_EACH_MS, signal);
    }
    this.#isOpen = true;
  }

  #failure(): Error {
    const { from } = this.#via;
    if (this.#end === '127') return new ConfigError(`${from}: there is no ssh on the PATH`, { field: from });
    return new UnreachableError(`${this.#sentence()}; try it by hand: ssh ${this.#via.host}`, 'no');
  }

  #sentence(): string {
    const lines = this.#words.split('\n').filter((line) => line.trim() !== '');
    const said = lines.length === 0 ? '' : `: ${plainLine(redactText(lines.at(-1) ?? ''))}`;
    return `${this.#via.from}: ssh ${this.#via.host} ended with ${this.#end ?? 'nothing'}${said}`;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const done = (isThere: boolean) => (socket.destroy(), resolve(isThere));
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });

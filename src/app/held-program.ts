import { type ChildProcess, spawn } from 'node:child_process';
import { connect, createServer, type AddressInfo } from 'node:net';
import { type Clock, plainLine, redactText } from '../core/index.js';

const CLOSE_WITHIN_MS = 2_000;
const KEPT_WORDS = 2_000;

/**
 * Runs a program until our end of a pipe closes, however we end: a process that is killed closes its pipes too. Ctrl-C
 * is for us to answer, so it does not reach the program.
 */
const untilWeEnd = (end: string): string => `trap '' INT QUIT HUP
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
( read -r _ <&3; ${end} ) &
watch=$!
wait "$child"
code=$?
kill "$watch" 2>/dev/null
exit "$code"`;

const scripts = {
  alone: untilWeEnd('kill "$child" 2>/dev/null'),
  // It leads a group of its own, and all of that has to go.
  group: untilWeEnd('kill -- -$$ 2>/dev/null'),
} as const;

export interface HeldProgramOptions {
  /**
   * `group`: it starts others, which it does not end with itself; it then has no terminal to ask anything on.
   * @defaultValue `alone`
   */
  readonly ends?: keyof typeof scripts;
  readonly clock: Clock;
  /** Told when it ended, whoever ended it. */
  readonly onEnd: () => void;
}

/** A program of the person's own that ends with us. Needs a POSIX shell. */
export class HeldProgram {
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #ended: Promise<void>;
  #end: string | undefined;
  #words = '';

  constructor(program: string, args: readonly string[], { ends = 'alone', clock, onEnd }: HeldProgramOptions) {
    this.#clock = clock;
    const child = spawn('/bin/sh', ['-c', scripts[ends], 'livywire-via', program, ...args], {
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: ends === 'group',
    });
    this.#child = child;
    child.stderr.on('data', (chunk: Buffer) => (this.#words = (this.#words + chunk.toString()).slice(-KEPT_WORDS)));
    child.stdin.on('error', () => undefined); // it may be gone before we are
    this.#ended = new Promise((resolve) => {
      const over = (how: string): void => {
        if (this.#end === undefined) {
          this.#end = how;
          onEnd();
        }
        resolve();
      };
      child.once('error', (error) => over(error.message));
      child.once('close', (code, signal) => over(String(signal ?? code)));
    });
    // What we wait for is the cluster, never the way there.
    child.unref();
    for (const pipe of [child.stdin, child.stderr]) (pipe as unknown as { unref?: () => void }).unref?.();
  }

  /** How it ended: an exit code, a signal, why it could not be started. `127` is the shell's for a program that is not there. */
  get end(): string | undefined {
    return this.#end;
  }

  /** `ended with 255: Permission denied (publickey).` */
  get endWords(): string {
    const lines = this.#words.split('\n').filter((line) => line.trim() !== '');
    const said = lines.length === 0 ? '' : `: ${plainLine(redactText(lines.at(-1) ?? ''))}`;
    return `ended with ${this.#end ?? 'nothing'}${said}`;
  }

  /** Ends it, and waits a moment for that. */
  async close(): Promise<void> {
    this.#child.stdin?.end();
    const late = this.#clock.sleep(CLOSE_WITHIN_MS).then(() => void this.#child.kill());
    await Promise.race([this.#ended, late]);
  }
}

/** One of 127.0.0.1, for a program that is told where to listen. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Whether something listens on a port of 127.0.0.1. */
export const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const done = (isThere: boolean) => (socket.destroy(), resolve(isThere));
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });

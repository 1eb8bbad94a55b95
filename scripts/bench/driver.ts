/** Clients as processes that do as they are told, so that loading them is not measured with what they do. */
import { createInterface } from 'node:readline';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Answer, Order } from './drivers/orders.js';

export interface Driver {
  readonly ask: <O extends Order>(order: O) => Promise<Answer[O['do']]>;
  readonly stop: () => Promise<void>;
}

export interface DriverProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Other words may come on standard output, of those who log there. */
const MARK = '@answer ';
const LONGEST_MS = 600_000;

const program = (name: string): string => fileURLToPath(new URL(`./drivers/${name}`, import.meta.url));

/** @param place - the folder that a peer is installed in; of livywire, its entrance */
export const nodeDriver = (client: string, place: string): DriverProgram => ({
  command: process.execPath,
  args: ['--expose-gc', '--import=tsx', program('node-main.ts'), client, place],
});

export const pythonDriver = (
  python: string,
  client: string,
  env: Readonly<Record<string, string>> = {},
): DriverProgram => ({
  command: python,
  args: [program('main.py'), client],
  env,
});

/** Starts it, and waits until it has loaded its client. @throws Error with what it said where it could not */
export async function startDriver({ command, args, env = {} }: DriverProgram): Promise<Driver> {
  const child = execa(command, args, { env, reject: false, stdin: 'pipe', buffer: { stdout: false, stderr: true } });
  const waiting: { readonly resolve: (text: string) => void; readonly reject: (error: Error) => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith(MARK)) waiting.shift()?.resolve(line.slice(MARK.length));
  });
  void child.then(({ stderr, shortMessage }) => {
    const last = stderr.trim().split('\n').at(-1) ?? '';
    for (const { reject } of waiting.splice(0)) reject(new Error(last === '' ? (shortMessage ?? 'it ended') : last));
  });
  const answer = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('it did not answer in time')), LONGEST_MS);
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(timer);
          then(value);
        };
      waiting.push({ resolve: settle(resolve), reject: settle(reject) });
    });
  await answer();
  return {
    async ask(order) {
      const next = answer();
      child.stdin.write(`${JSON.stringify(order)}\n`);
      const said = JSON.parse(await next) as { error?: string };
      if (said.error !== undefined) throw new Error(said.error);
      return said as never;
    },
    async stop() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await child;
      clearTimeout(timer);
    },
  };
}

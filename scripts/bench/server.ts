import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { execaNode } from 'execa';

/** Starts a program of ours that serves until its standard input ends, and prints its address first. */
export async function startServer(
  program: string,
  args: readonly string[],
): Promise<{ readonly url: string; readonly pid: number; readonly stop: () => Promise<void> }> {
  const server = execaNode(program, args, {
    nodeOptions: ['--import=tsx'],
    stdin: 'pipe',
    stderr: 'inherit',
    buffer: false,
    reject: false,
    ipc: false,
  });
  const lines = createInterface({ input: server.stdout });
  const [url] = (await Promise.race([
    once(lines, 'line'),
    server.then(() => Promise.reject(new Error(`${program} did not start`))),
  ])) as [string];
  return {
    url,
    pid: server.pid ?? 0,
    async stop() {
      server.stdin.end();
      await server;
    },
  };
}

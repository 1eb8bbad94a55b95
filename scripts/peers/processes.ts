/** What a program has started, and what that has: some start sessions of their own, so that no signal to a group reaches all. */
import process from 'node:process';
import { execa } from 'execa';

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly words: string;
}

async function processes(): Promise<readonly Process[]> {
  const { stdout } = await execa('ps', ['-eo', 'pid=,ppid=,args=']);
  return stdout.split('\n').map((line) => {
    const [, pid = '', parent = '', words = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return { pid: Number(pid), parent: Number(parent), words };
  });
}

/** All below a process, parents first. */
export async function familyOf(pid: number): Promise<readonly Process[]> {
  const all = await processes();
  const below = (parent: number): Process[] =>
    all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)]);
  return below(pid);
}

/** Children before their parents, so that nobody starts them anew. */
export function killAll(family: readonly Process[]): void {
  for (const { pid } of [...family].reverse()) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it went meanwhile
    }
  }
}

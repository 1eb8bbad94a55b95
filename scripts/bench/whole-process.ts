/** A command from its start to its end, as a shell has it. */
import { execa } from 'execa';
import type { Subject } from './row.js';
import { inRounds, type Take } from './summary.js';

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Used {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** A shell is small, so its children start fast; it has a clock of microseconds, and the accounting of the child. */
const TIMED = `
begin=$EPOCHREALTIME
"$@" >/dev/null
code=$?
end=$EPOCHREALTIME
echo "$code $begin $end"
times
`;

/** `0m0.021s` */
const secondsOf = (word: string): number => {
  const [, minutes = '', seconds = ''] = /^(\d+)m([\d.]+)s$/.exec(word.replace(',', '.')) ?? [];
  return Number(minutes) * 60 + Number(seconds);
};

/** @throws Error where the command does not end with 0 */
async function used({ command, args, cwd, env }: Command): Promise<Used> {
  const options = { stdin: 'ignore', env: { ...env, LC_ALL: 'C' }, ...(cwd !== undefined && { cwd }) } as const;
  const { stdout, stderr } = await execa('bash', ['-c', TIMED, 'bash', command, ...args], options);
  const [first = '', , children = ''] = stdout.split('\n');
  const [code, begin, end] = first.split(' ').map(Number);
  if (code !== 0)
    throw new Error(`it ended with ${code}: ${/^.*(?:Error|error).*$/m.exec(stderr)?.[0] ?? stderr.slice(0, 200)}`);
  const [user = '', system = ''] = children.split(' ');
  return { wallMs: ((end ?? 0) - (begin ?? 0)) * 1_000, cpuMs: (secondsOf(user) + secondsOf(system)) * 1_000 };
}

/** Each command in its turn, in so many rounds: the time by the clock, and of the processors. */
export async function commandsInRounds(
  commands: Readonly<Record<string, (() => Command) | { readonly cannot: string }>>,
  rounds: number,
): Promise<{ readonly wall: readonly Subject[]; readonly cpu: readonly Subject[] }> {
  const cpu = new Map<string, number[]>();
  const takes = Object.fromEntries(
    Object.entries(commands).map(([name, make]): [string, Take | { readonly cannot: string }] => {
      if (typeof make !== 'function') return [name, make];
      const take = async (): Promise<number> => {
        const { wallMs, cpuMs } = await used(make());
        cpu.set(name, [...(cpu.get(name) ?? []), cpuMs]);
        return wallMs;
      };
      return [name, take];
    }),
  );
  const wall = await inRounds(takes, { rounds });
  return {
    wall,
    cpu: wall.map((one) =>
      'cannot' in one ? one : { name: one.name, samples: (cpu.get(one.name) ?? []).slice(-rounds) },
    ),
  };
}

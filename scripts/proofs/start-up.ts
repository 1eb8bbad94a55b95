/** How long the command line takes to start, beside Node doing nothing at all. */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { execa } from 'execa';
import { tool } from '../gate/command.js';
import { fetchNode } from '../gate/nodes.js';
import { manifest, root } from '../gate/project.js';
import type { Proof } from './proof.js';

const ROUNDS = 41;
const LONGEST_RATIO = 1.5;

const bin = join(root, 'dist/cli/bin.js');
const COMMANDS = {
  'node -e 0': ['-e', '0'],
  'livywire --version': [bin, '--version'],
  'livywire --help': [bin, '--help'],
};
type Name = keyof typeof COMMANDS;
const names = Object.keys(COMMANDS) as Name[];

async function elapsed(node: string, args: readonly string[]): Promise<number> {
  const start = performance.now();
  await execa(node, args, { stdin: 'ignore' });
  return performance.now() - start;
}

function summary(values: readonly number[]): { min: number; median: number; max: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const round = (value: number): number => Math.round(value * 100) / 100;
  return { min: round(sorted[0]!), median: round(sorted[sorted.length >> 1]!), max: round(sorted.at(-1)!) };
}

/** One after the other within a round, so that what else the machine does falls on all of them alike. */
async function measure(node: string): Promise<Record<Name, { ms: object; ratio: ReturnType<typeof summary> }>> {
  const rounds: Record<Name, number>[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    const times = {} as Record<Name, number>;
    for (const name of names) times[name] = await elapsed(node, COMMANDS[name]);
    if (round >= 0) rounds.push(times); // the first one warms the disk cache
  }
  const row = (name: Name) => ({
    ms: summary(rounds.map((times) => times[name])),
    ratio: summary(rounds.map((times) => times[name] / times['node -e 0'])),
  });
  return Object.fromEntries(names.map((name) => [name, row(name)])) as Record<Name, ReturnType<typeof row>>;
}

export const proof: Proof = {
  name: 'start-up',
  claim: `livywire --version takes at most ${LONGEST_RATIO} times as long as node -e 0`,
  async run(say) {
    await tool('tsx', ['scripts/build.ts']);
    const nodes = [{ path: process.execPath, version: process.version }];
    for (const line of ['22', '24']) {
      await fetchNode(line).then(
        (node) => nodes.push(node),
        () => say(`Node ${line} cannot be had here: not measured`),
      );
    }
    const figures: Record<string, unknown> = {};
    const missed: string[] = [];
    for (const { path, version } of nodes) {
      const rows = await measure(path);
      figures[version] = rows;
      for (const name of names) say(`${version} ${name}: ${rows[name].ratio.median} × node -e 0`);
      const { median } = rows['livywire --version'].ratio;
      if (median > LONGEST_RATIO)
        missed.push(`--version of ${manifest.version} took ${median} × node -e 0 on ${version}`);
    }
    return { figures: { rounds: ROUNDS, byNode: figures }, missed };
  },
};

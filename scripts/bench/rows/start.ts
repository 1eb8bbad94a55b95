/** How long a command of livywire's takes, from the shell and back, beside Node doing nothing at all. */
import { join } from 'node:path';
import process from 'node:process';
import { execa } from 'execa';
import { root } from '../../gate/project.js';
import type { Row } from '../row.js';
import { inRounds, ratioOf } from '../summary.js';

async function elapsed(command: string, args: readonly string[]): Promise<number> {
  const start = performance.now();
  await execa(command, args, { stdin: 'ignore' });
  return performance.now() - start;
}

export const row: Row = {
  name: 'start',
  question: 'How long does a command take to start?',
  place: 1,
  async run({ short }) {
    const bin = join(root, 'dist/cli/bin.js');
    const node = (...args: string[]) => elapsed(process.execPath, args);
    const subjects = await inRounds(
      {
        'node -e 0': () => node('-e', '0'),
        'livywire --version': () => node(bin, '--version'),
        'livywire --help': () => node(bin, '--help'),
      },
      { rounds: short ? 2 : 21 },
    );
    const measure = { title: 'Whole process', unit: 'ms', subjects, against: 'node -e 0', chart: true };
    const ratio = ratioOf(measure, 'livywire --version', 'node -e 0');
    return {
      measures: [measure],
      aims: [{ aim: '--version at most 1.5 × node -e 0', seen: `${ratio.toFixed(2)} ×`, met: ratio <= 1.5 }],
    };
  },
};

/** A thousand runs coming and going for half an hour in one process: memory, sockets and file handles stay as they are. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import type { ComingSample, ComingTask } from '../bench/watching/coming-main.js';
import { installed, plain, startStub } from '../bench/watching/program.js';
import type { Proof } from './proof.js';

const MINUTES = Number(process.env.SOAK_MINUTES ?? 30);
const RUNS = 1_000;
const RUN_SECONDS = 60;
const SAMPLES = 120;
/** Over the second half, as a line through its samples has it. */
const MOST_HEAP_GROWTH = 0.05;
/** Of the most that were open: how many just now are in use differs from look to look. */
const MOST_HANDLES_GROWTH = 0.2;
/** Once all is over, beside what was open before anything began. */
const MOST_LEFT = 2;

type Part = 'heapMB' | 'rssMB' | 'sockets' | 'files';

/** How much the line through the samples rises from the first of them to the last. */
function growth(samples: readonly ComingSample[], part: Part): number {
  const mean = (of: (one: ComingSample) => number): number =>
    samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [at, value] = [mean((one) => one.atSeconds), mean((one) => one[part])];
  const both = mean((one) => (one.atSeconds - at) * (one[part] - value));
  const slope = both / mean((one) => (one.atSeconds - at) ** 2);
  return slope * ((samples.at(-1)?.atSeconds ?? 0) - (samples[0]?.atSeconds ?? 0));
}

const range = (samples: readonly ComingSample[], part: Part) => {
  const values = samples.map((one) => one[part]);
  const round = (value: number): number => Math.round(value * 10) / 10;
  return { least: round(Math.min(...values)), most: round(Math.max(...values)), growth: round(growth(samples, part)) };
};

export const proof: Proof = {
  name: 'soak',
  claim: `${RUNS} runs coming and going for ${MINUTES} minutes leave nothing behind: heap, sockets and file handles are flat over the second half`,
  async run(say) {
    const folder = await mkdtemp(join(tmpdir(), 'livywire-soak-'));
    const stub = await startStub();
    try {
      const { entrance, nodeArgs } = await installed({ short: false, say });
      const program = await plain('coming-main', folder);
      await mkdir(join(folder, 'ledger'));
      const seconds = MINUTES * 60;
      const task: ComingTask = {
        entrance,
        url: stub.url,
        folder: join(folder, 'ledger'),
        runs: RUNS,
        runSeconds: Math.min(RUN_SECONDS, seconds / 6),
        seconds,
        everySeconds: seconds / SAMPLES,
      };
      const child = execa(process.execPath, ['--expose-gc', ...nodeArgs, program, JSON.stringify(task)], {
        stdin: 'ignore',
        stderr: 'inherit',
        buffer: false,
      });
      const samples: ComingSample[] = [];
      createInterface({ input: child.stdout }).on('line', (line) => {
        const sample = JSON.parse(line) as ComingSample;
        samples.push(sample);
        if (samples.length % 10 === 0) say(line);
      });
      await child;
      const second = samples.slice(0, -1).filter(({ atSeconds }) => atSeconds >= seconds / 2);
      const figures = {
        minutes: MINUTES,
        runs: RUNS,
        ended: samples.at(-1)?.ended ?? 0,
        secondHalf: {
          samples: second.length,
          heapMB: range(second, 'heapMB'),
          rssMB: range(second, 'rssMB'),
          sockets: range(second, 'sockets'),
          files: range(second, 'files'),
        },
        before: samples[0],
        afterwards: samples.at(-1),
        requests: await stub.counts(),
      };
      const { heapMB, sockets, files } = figures.secondHalf;
      say(JSON.stringify(figures.secondHalf));
      const left = (['sockets', 'files'] as const).map((part) => ({
        part,
        more: (samples.at(-1)?.[part] ?? Infinity) - (samples[0]?.[part] ?? 0),
      }));
      const missed = [
        ...left.flatMap(({ part, more }) => (more <= MOST_LEFT ? [] : [`${more} ${part} stayed open after the end`])),
        ...(heapMB.growth < MOST_HEAP_GROWTH * heapMB.most ? [] : [`the heap grew by ${heapMB.growth} MB`]),
        ...(sockets.growth < MOST_HANDLES_GROWTH * sockets.most + MOST_LEFT
          ? []
          : [`sockets grew by ${sockets.growth}`]),
        ...(files.growth < MOST_HANDLES_GROWTH * files.most + MOST_LEFT
          ? []
          : [`file handles grew by ${files.growth}`]),
      ];
      return { figures, missed };
    } finally {
      await stub.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

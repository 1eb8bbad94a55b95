/** A million lines of a driver's log in YARN cluster mode: all of them, in order, while it runs, in flat memory. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { down, up } from '../../src/local/index.js';
import { type FollowedLines, followLines } from '../../test/helpers/lines.js';
import type { Proof } from './proof.js';

const LINES = Number(process.env.LOG_LINES ?? 1_000_000);
const PAUSE_SECONDS = 0.06;
const MOST_MIB = 100;

const rounded = ({ seconds, baselineMiB, peakMiB, ...rest }: FollowedLines) => ({
  ...rest,
  seconds: Math.round(seconds * 10) / 10,
  linesPerSecond: Math.round((rest.stdoutLines + rest.otherLines) / seconds),
  baselineMiB: Math.round(baselineMiB),
  peakMiB: Math.round(peakMiB),
  aboveBaselineMiB: Math.round(peakMiB - baselineMiB),
});

export const proof: Proof = {
  name: 'log',
  claim: `${LINES} lines of a driver in YARN cluster mode arrive whole and in order while it runs, in under ${MOST_MIB} MiB above baseline`,
  async run(say) {
    const stateDir = await mkdtemp(join(tmpdir(), 'livywire-log-'));
    try {
      const instance = await up({ stateDir, yarn: true });
      const seen = await followLines(instance, { lines: LINES, pauseSeconds: PAUSE_SECONDS });
      const figures = { lines: LINES, live: rounded(seen.live), afterTheEnd: rounded(seen.again) };
      say(JSON.stringify(figures));
      const missed = (['live', 'afterTheEnd'] as const).flatMap((when) => {
        const { stdoutLines, otherLines, wrong, gaps, aboveBaselineMiB } = figures[when];
        return [
          ...(stdoutLines === LINES && otherLines === LINES / 100
            ? []
            : [`${when}: ${stdoutLines} of ${LINES} lines came`]),
          ...wrong.map((one) => `${when}: ${one}`),
          ...gaps.map((reason) => `${when}: a gap, ${reason}`),
          ...(aboveBaselineMiB < MOST_MIB ? [] : [`${when}: ${aboveBaselineMiB} MiB above baseline`]),
        ];
      });
      if (figures.live.beforeEnd < LINES / 2) missed.push(`only ${figures.live.beforeEnd} lines came while it ran`);
      return { figures, missed };
    } finally {
      await down({ stateDir });
      await rm(stateDir, { recursive: true, force: true });
    }
  },
};

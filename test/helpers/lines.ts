import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type LocalInstance, packageRoot } from '../../src/local/index.js';

export interface LinesJob {
  readonly url: string;
  readonly yarnUrl: string;
  readonly file: string;
  readonly lines: number;
  /** After each 1,000 lines. */
  readonly pauseSeconds: number;
}

/** What a follower of jobs/lines.py saw. */
export interface FollowedLines {
  readonly outcome: string;
  readonly stdoutLines: number;
  /** Those that the job wrote to stderr; Spark merges a Python job's stderr into stdout. */
  readonly otherLines: number;
  /** The first line of each kind that was not the expected one. */
  readonly wrong: readonly string[];
  /** What was said of lines that are missing. */
  readonly gaps: readonly string[];
  /** Lines that had come when the end was first seen; 0 where it was over before. */
  readonly beforeEnd: number;
  /** From the first line to the last. */
  readonly seconds: number;
  /** Of the whole process, when the first line came. */
  readonly baselineMiB: number;
  readonly peakMiB: number;
}

/** Runs jobs/lines.py and follows it from another process: live, and once more when it is over. */
export async function followLines(
  instance: LocalInstance,
  job: Pick<LinesJob, 'lines' | 'pauseSeconds'>,
): Promise<{ readonly live: FollowedLines; readonly again: FollowedLines }> {
  const root = packageRoot();
  const what: LinesJob = {
    ...job,
    url: instance.url,
    yarnUrl: instance.behind?.resourceManager ?? '',
    file: join(root, 'jobs/lines.py'),
  };
  const follower = fileURLToPath(new URL('./lines-follower.ts', import.meta.url));
  const { stdout } = await execa('node', ['--import', 'tsx', follower, JSON.stringify(what)], { cwd: root });
  return JSON.parse(stdout.split('\n').at(-1) ?? '') as { live: FollowedLines; again: FollowedLines };
}

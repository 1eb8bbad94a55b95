import { execa } from 'execa';
import type { Means } from './case.js';

/**
 * A Python of another minor version than Spark's: the first on the PATH that runs.
 * A version manager's shim is there for every version it ever had, and fails for the others.
 */
async function otherPython(minor: string): Promise<string | undefined> {
  for (const candidate of ['3.9', '3.10', '3.11', '3.12', '3.13'].filter((one) => one !== minor)) {
    const answer = await execa(`python${candidate}`, ['-c', 'import sys; print(sys.executable)'], { reject: false });
    if (answer.exitCode === 0) return answer.stdout.trim();
  }
  return undefined;
}

/** What this machine has for the cases that need more than Spark. */
export async function findMeans(python: string): Promise<Means> {
  const question = 'import sys; print("%d.%d" % sys.version_info[:2])';
  const { stdout } = await execa(python, ['-c', question]);
  const other = await otherPython(stdout.trim());
  return { python, ...(other !== undefined && { otherPython: other }) };
}

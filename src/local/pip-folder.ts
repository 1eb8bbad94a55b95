import { createHash } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LockedPin, requirements } from './lock.js';
import type { LocalProgress } from './model.js';
import { pipInstall, pipNews } from './python.js';
import { runTool, stagingBeside } from './tool.js';

/** A short name for what is pinned, so that another lock gets a folder of its own. */
export const pinsKey = (pins: readonly LockedPin[]): string =>
  createHash('sha256').update(JSON.stringify(pins)).digest('hex').slice(0, 12);

export interface PipFolder {
  /** The folder to make; what stood there is replaced. */
  readonly dir: string;
  /** For the progress line. */
  readonly step: LocalProgress['step'];
  readonly pins: readonly LockedPin[];
  /** Whose pip does it. */
  readonly python: string;
  /** Sets right what pip left, before the folder is put in place. */
  readonly finish?: (staging: string) => Promise<void>;
  readonly report: (progress: LocalProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Unpacks pinned wheels into a folder that needs no environment of its own. It is there whole or not at all.
 * @throws LocalError with pip's last lines
 */
export async function makePipFolder(options: PipFolder): Promise<void> {
  const { dir, step, pins, python, finish, report, signal } = options;
  const parent = join(dir, '..');
  await mkdir(parent, { recursive: true });
  const staging = await stagingBeside(parent, step);
  try {
    const list = join(staging, 'requirements.txt');
    await writeFile(list, requirements(pins));
    await runTool(python, ['-m', 'pip', ...pipInstall, '--only-binary=:all:', '--target', staging, '-r', list], {
      signal,
      onLine: (line) => {
        const message = pipNews(line);
        if (message !== undefined) report({ step, message });
      },
    });
    await finish?.(staging);
    await rm(dir, { recursive: true, force: true });
    await rename(staging, dir);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { ConfigError, plainLine, redactText } from '../../core/index.js';
import type { WheelTarget } from './wheel-platform.js';

export interface PipOptions {
  /** The requirements file. */
  readonly file: string;
  readonly target: WheelTarget;
  /** An empty folder. */
  readonly into: string;
  /** Whose pip does it, as it is called. */
  readonly python: string;
  readonly onLine?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Unpacks the wheels of a requirements file, and of what they need, for other machines than this one. pip.conf and
 * PIP_INDEX_URL hold as ever.
 * @throws ConfigError that names the package which has no wheel for the cluster
 */
export async function pipInstall({ file, target, into, python, onLine, signal }: PipOptions): Promise<void> {
  const args = [
    ...['-m', 'pip', 'install', '--no-input', '--disable-pip-version-check', '--no-compile', '--no-warn-conflicts'],
    ...['--target', into, '--only-binary=:all:', '--implementation', 'cp', '--python-version', target.python],
    ...target.platforms.flatMap((platform) => ['--platform', platform]),
    ...['-r', file],
  ];
  const { code, lines } = await runToEnd(python, args, onLine, signal);
  if (code === 0) return;
  throw whatPipSaid(lines, target);
}

/** The Python that pip runs on, as in `3.11`: pip judges conditions such as `python_version < "3.10"` by it. */
export async function versionOf(python: string, signal?: AbortSignal): Promise<string | undefined> {
  const ask = 'import sys, pip; print("%d.%d" % sys.version_info[:2])';
  try {
    const { code, lines } = await runToEnd(python, ['-c', ask], undefined, signal);
    return code === 0 ? lines.at(-1)?.trim() : undefined;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/**
 * Where pip would get packages from, as pip.conf and the environment say: another index may have another package of that name and
 * version. Empty where pip does not tell.
 */
export async function sourcesOf(python: string, signal?: AbortSignal): Promise<readonly string[]> {
  const { code, lines } = await runToEnd(python, ['-m', 'pip', 'config', 'list'], undefined, signal);
  if (code !== 0) return [];
  return lines.filter((line) => /^\S*\.(?:(?:extra-)?index-url|find-links|no-index|constraint|pre)=/.test(line)).sort();
}

const MOST_LINES = 400;

function runToEnd(
  program: string,
  args: readonly string[],
  onLine: ((line: string) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<{ readonly code: number | null; readonly lines: readonly string[] }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...(signal && { signal }) });
    const lines: string[] = [];
    const take = (line: string): void => {
      if (lines.push(line) > MOST_LINES) lines.shift();
      onLine?.(line);
    };
    createInterface(child.stdout).on('line', take);
    createInterface(child.stderr).on('line', take);
    child.once('error', (error) =>
      reject(
        signal?.aborted
          ? signal.reason
          : new ConfigError(
              `${program} could not be started: ${error.message}; --requirements needs a Python with pip`,
              {
                field: '--requirements',
                cause: error,
              },
            ),
      ),
    );
    child.once('close', (code) => resolve({ code, lines }));
  });
}

/** pip's own words for a package without a wheel that fits, and for everything else its last lines. */
function whatPipSaid(lines: readonly string[], { python, platforms }: WheelTarget): ConfigError {
  const text = lines.map((line) => plainLine(redactText(line)));
  const where = `for Python ${python} on ${platforms[0] ?? ''}`;
  const missing = text.flatMap((line) => /No matching distribution found for (.+)$/.exec(line)?.[1]?.trim() ?? []);
  const [name] = missing;
  if (name !== undefined) {
    const all = /from versions: (.*?)\)/.exec(text.find((line) => line.includes('from versions:')) ?? '')?.[1];
    const versions = all === undefined || all === 'none' ? [] : all.split(', ');
    const others = versions.length === 0 ? '' : `; there are wheels of ${versions.slice(-5).join(', ')}`;
    return new ConfigError(
      `${name} has no wheel ${where}${others}. Choose a version that has one (its page at the index lists them), ` +
        'or pack an environment on such a machine and give it by --archives env.tar.gz#environment',
      { field: '--requirements' },
    );
  }
  const said = text.filter((line) => /^\s*(?:ERROR|error)\b/.test(line));
  const shown = (said.length > 0 ? said : text).slice(-8).join('\n');
  return new ConfigError(`pip could not get the packages ${where}:\n${shown}`, { field: '--requirements' });
}

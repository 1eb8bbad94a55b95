import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Clock, systemClock } from '../core/index.js';

const zip = promisify(gzip);

/** A file whose content goes to S3, and where to. */
export interface LogFile {
  readonly file: string;
  /** `bucket/key` without `.gz`. */
  readonly to: string;
}

export interface LogPushOptions {
  /** All files there are now. */
  readonly files: () => Promise<readonly LogFile[]>;
  readonly put: (to: string, content: Uint8Array<ArrayBuffer>) => Promise<void>;
  /** How late a file is in S3, in milliseconds; about 300,000 on EMR. */
  readonly delayMs: number;
  readonly clock?: Clock;
}

/** What EMR's log pusher does: copies logs to S3 while they grow, each as a whole, some time after they changed. */
export class LogPush {
  delayMs: number;
  readonly #options: LogPushOptions;
  readonly #clock: Clock;
  readonly #known = new Map<string, { pushed: string; changedAt: number | undefined }>();

  constructor(options: LogPushOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.delayMs = options.delayMs;
  }

  /** One look at all of them. @throws the first failure, after all the others had their turn */
  async look(): Promise<void> {
    const failures: unknown[] = [];
    for (const log of await this.#options.files()) {
      await this.#lookAt(log).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  async #lookAt({ file, to }: LogFile): Promise<void> {
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile() !== true) return;
    const now = this.#clock.now();
    const state = `${found.size}:${found.mtimeMs}`;
    const known = this.#known.get(to) ?? { pushed: '', changedAt: undefined };
    this.#known.set(to, known);
    if (known.pushed === state) return;
    known.changedAt ??= now;
    if (now - known.changedAt < this.delayMs) return;
    await this.#options.put(`${to}.gz`, new Uint8Array(await zip(await readFile(file))));
    known.pushed = state;
    known.changedAt = undefined;
  }
}

/** The files below a folder, as paths relative to it. */
async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1));
}

export interface LogSources {
  /** Where the NodeManager keeps the logs of containers: `<application>/<container>/<file>`. */
  readonly containers: string;
  /** The folder of each step's logs, with the folder in S3 that they go to. */
  readonly steps: () => readonly { readonly dir: string; readonly to: string }[];
  readonly livyLog: string;
  /** `bucket/prefix/<cluster>`. */
  readonly to: string;
  /** The primary, by its id at EC2. */
  readonly primary: string;
}

/** Every log that EMR would copy; not the script that started a container, which stands there for the wait before it is deleted, with the key it would have. */
export async function logFiles(sources: LogSources): Promise<LogFile[]> {
  const { containers, steps, livyLog, to, primary } = sources;
  const ofSteps = await Promise.all(
    steps().map(async (step) =>
      (await filesIn(step.dir)).map((path) => ({ file: join(step.dir, path), to: `${step.to}${path}` })),
    ),
  );
  return [
    ...(await filesIn(containers))
      .filter((path) => !path.endsWith('/launch_container.sh'))
      .map((path) => ({ file: join(containers, path), to: `${to}/containers/${path}` })),
    ...ofSteps.flat(),
    { file: livyLog, to: `${to}/node/${primary}/applications/livy/livy-livy-server.out` },
  ];
}

import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttemptPlan, Backend, LogReader, LogSource, RunStatus, StartAnswer } from '../../src/core/index.js';
import { readerOf } from './log-readers.js';

/**
 * A server for tests of several processes: a folder. Each application is a file of its own, so that a second one
 * shows. With `refusesNames` it refuses a name twice, as Livy does; without, only the engine prevents duplicates.
 */
export class FolderBackend implements Backend, LogSource {
  readonly kind = 'livy';
  readonly endpoint = 'folder://test';
  readonly #folder: string;
  readonly #refusesNames: boolean;

  constructor(folder: string, { refusesNames = false }: { readonly refusesNames?: boolean } = {}) {
    this.#folder = folder;
    this.#refusesNames = refusesNames;
  }

  check(): void {}
  request({ spec }: AttemptPlan): Readonly<Record<string, unknown>> {
    return { ...spec };
  }
  async start({ name }: AttemptPlan): Promise<StartAnswer> {
    await mkdir(this.#folder, { recursive: true });
    await appendFile(join(this.#folder, 'posts'), `${name}\n`);
    if (this.#refusesNames) {
      const isTaken = await writeFile(join(this.#folder, `name-${name}`), '', { flag: 'wx' }).then(
        () => false,
        () => true,
      );
      if (isTaken) return { kind: 'duplicate' };
    }
    await writeFile(join(this.#folder, `app-${name}-${randomUUID()}`), '');
    return { kind: 'started', status: statusOf(name) };
  }
  async find(name: string): Promise<RunStatus | undefined> {
    return (await this.applications(name)) > 0 ? statusOf(name) : undefined;
  }
  async status({ name }: { readonly name: string }): Promise<RunStatus | undefined> {
    return this.find(name);
  }
  async *list(): AsyncGenerator<RunStatus, void> {}
  async stop(): Promise<'asked' | 'no-record'> {
    return 'no-record';
  }
  async discard(): Promise<void> {}
  open(): LogReader {
    return readerOf(async () => []);
  }

  /** How many applications were started, under this name or under any. */
  async applications(name = ''): Promise<number> {
    const names = await readdir(this.#folder).catch(() => []);
    return names.filter((file) => file.startsWith(`app-${name}`)).length;
  }
  async posts(): Promise<number> {
    const text = await readFile(join(this.#folder, 'posts'), 'utf8').catch(() => '');
    return text.split('\n').length - 1;
  }
}

const statusOf = (name: string): RunStatus => ({
  raw: 'success',
  state: 'succeeded',
  source: 'test',
  id: '1',
  name,
  links: {},
});

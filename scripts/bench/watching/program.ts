/** The processes of this folder, run as their users have them: plain Node, and livywire as it is installed. */
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { findPeers } from '../peers.js';
import type { Bench } from '../row.js';
import { startServer } from '../server.js';

const here = (name: string): string => fileURLToPath(new URL(`./${name}`, import.meta.url));

/** Where to import livywire and its handlers from, and what Node needs for that. */
export interface Installed {
  readonly entrance: string;
  readonly handlers: string;
  readonly nodeArgs: readonly string[];
}

/** The installed package; in the short form what is built or written here. */
export async function installed(
  bench: Pick<Bench, 'short' | 'say'>,
): Promise<Installed & { versions: Record<string, string> }> {
  const { livywire, versions } = await findPeers(bench);
  const isSource = livywire.endsWith('.ts');
  const handlers = join(dirname(livywire), isSource ? 'lambda/index.ts' : 'lambda.js');
  return {
    entrance: pathToFileURL(livywire).href,
    handlers: pathToFileURL(handlers).href,
    nodeArgs: isSource ? ['--import=tsx'] : [],
    versions: { livywire: versions.livywire ?? '' },
  };
}

/** A program of this folder without its types, so that it runs without a compiler in its memory. @returns its path in `folder` */
export async function plain(name: string, folder: string): Promise<string> {
  for (const part of [name, 'records']) {
    const { code } = await transform(await readFile(here(`${part}.ts`), 'utf8'), {
      loader: 'ts',
      format: 'esm',
      target: 'node20',
    });
    await writeFile(join(folder, `${part}.js`), code);
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
  return join(folder, `${name}.js`);
}

export interface Stub {
  readonly url: string;
  /** Requests since the last reset, by who and what. */
  counts(reset?: 'reset'): Promise<Readonly<Record<string, number>>>;
  /** Batches under these names, that go on until they are told to end. */
  fill(names: readonly string[]): Promise<{ readonly ids: readonly number[]; readonly appIds: readonly string[] }>;
  /** Each of these ends within that time. */
  end(ids: readonly number[], overMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** @param livyPollMs - how much later than YARN Livy knows of an end, at the most */
export async function startStub(livyPollMs = 0): Promise<Stub> {
  const { url, stop } = await startServer(here('stub-main.ts'), [String(livyPollMs)]);
  const post = async <T>(path: string, body: object): Promise<T> =>
    (await (await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) })).json()) as T;
  return {
    url,
    async counts(reset) {
      const answer = await fetch(`${url}/_counts${reset ? '?reset' : ''}`);
      return ((await answer.json()) as { counts: Record<string, number> }).counts;
    },
    fill: (names) => post('/_fill', { names }),
    end: (ids, overMs) => post('/_end', { ids, overMs }),
    stop,
  };
}

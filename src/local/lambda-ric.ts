import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { alone } from './alone.js';
import { LocalError } from './errors.js';
import { onPath, runTool, stagingBeside } from './tool.js';

const NAME = 'aws-lambda-ric';
interface Ric {
  readonly version: string;
  readonly sha512: string;
  /** Within its folder. */
  readonly program: string;
  /** What is compiled. */
  readonly native: string;
}
/** AWS's own runtime interface client for Node: the last one that Node 20 takes, and the one for newer Nodes. */
const OLD: Ric = {
  version: '3.3.0',
  sha512: '9p06TbKVK4a050NY/vYOxhMHvnIiUu5o1W0//q6yNLSqA/c91pn4BOj3C3sRTpplkUNsGJdU5qWyU2STo6L8hA==',
  program: 'bin/index.mjs',
  native: 'dist/rapid-client.node',
};
const NEW: Ric = {
  version: '4.0.2',
  sha512: 'FE5Vskx7mYNnqAnWWJXUOsLp2VGgdsJsCoRLFTa8L4Yk0QVtArqR8q58yPA++QC1a73ZWJXBQ2AH31nIAv7NOQ==',
  program: 'index.mjs',
  native: 'rapid-client.node',
};
const NEW_FROM = 22;
/** What it is built with: it brings libcurl and a client in C++, and neither was compiled. */
const tools = ['npm', 'cmake', 'make', 'g++', 'autoconf', 'automake', 'libtoolize'];

export interface RicOptions {
  readonly cacheDir: string;
  /** The Node that runs it, and its version: `v22.1.0`. */
  readonly node: string;
  readonly nodeVersion: string;
  readonly report: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The program of the runtime interface client; built the first time, which takes some minutes.
 * @returns `undefined` where it cannot be built: on another system than Linux, or without the tools for it
 */
export async function ensureRic(options: RicOptions): Promise<string | undefined> {
  const { cacheDir, nodeVersion, report, signal } = options;
  const [, major = '0'] = /^v(\d+)/.exec(nodeVersion) ?? [];
  const ric = Number(major) >= NEW_FROM ? NEW : OLD;
  // Not beside what `up` fetches: it clears away what it takes for its own leftovers.
  const root = join(cacheDir, 'lambda');
  const dir = join(root, `ric-${ric.version}-node${major}-${process.platform}-${process.arch}`);
  const program = join(dir, 'node_modules', NAME, ric.program);
  const isThere = async (): Promise<boolean> => (await stat(program).catch(() => undefined)) !== undefined;
  if (await isThere()) return program;
  if (process.platform !== 'linux') return undefined;
  const missing = (await Promise.all(tools.map(onPath))).flatMap((found, i) => (found === undefined ? [tools[i]] : []));
  if (missing.length > 0) {
    report(`AWS's own Lambda runtime cannot be built without ${missing.join(', ')}: plain Node in its place`);
    return undefined;
  }
  return alone(root, 'ric', { signal }, async () => {
    if (await isThere()) return program;
    report(`building ${NAME} ${ric.version}, AWS's own Lambda runtime: some minutes, once`);
    await build(ric, root, dir, options);
    return program;
  });
}

/** There whole or not at all. @throws LocalError with the last lines of what failed */
async function build(ric: Ric, root: string, dir: string, { node, signal }: RicOptions): Promise<void> {
  await mkdir(root, { recursive: true });
  const staging = await stagingBeside(root, 'ric');
  // npm and what it builds with run on that Node, and take its headers where they are beside it.
  const home = dirname(dirname(node));
  const hasHeaders = (await stat(join(home, 'include', 'node')).catch(() => undefined)) !== undefined;
  const env = {
    PATH: [dirname(node), process.env.PATH ?? ''].join(delimiter),
    ...(hasHeaders && { npm_config_nodedir: home }),
  };
  const npm = (...args: string[]): Promise<string> => runTool('npm', args, { cwd: staging, env, signal });
  try {
    await npm('pack', `${NAME}@${ric.version}`, '--silent');
    const file = `${NAME}-${ric.version}.tgz`;
    const sum = createHash('sha512')
      .update(await readFile(join(staging, file)))
      .digest('base64');
    if (sum !== ric.sha512) throw new LocalError(`${file} is not the one that was expected: sha512-${sum}`);
    await npm('install', `./${file}`, '--prefix', staging, '--no-audit', '--no-fund', '--ignore-scripts=false');
    await stat(join(staging, 'node_modules', NAME, ric.native)).catch((error: unknown) => {
      throw new LocalError(`${NAME} was installed and not built: npm ran no scripts`, { cause: error });
    });
    await rm(dir, { recursive: true, force: true });
    await rename(staging, dir);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

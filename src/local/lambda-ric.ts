import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { alone } from './alone.js';
import { LocalError } from './errors.js';
import { onPath, runTool, stagingBeside } from './tool.js';

/** AWS's own runtime interface client for Node, as it runs in Lambda's Node 20: the last one that Node 20 takes. */
const RIC = {
  name: 'aws-lambda-ric',
  version: '3.3.0',
  sha512: '9p06TbKVK4a050NY/vYOxhMHvnIiUu5o1W0//q6yNLSqA/c91pn4BOj3C3sRTpplkUNsGJdU5qWyU2STo6L8hA==',
};
/** What it is built with: it brings libcurl and a client in C++, and neither was compiled. */
const tools = ['npm', 'cmake', 'make', 'g++', 'autoconf', 'automake', 'libtoolize'];

export interface RicOptions {
  readonly cacheDir: string;
  readonly report: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The program of the runtime interface client; built the first time, which takes some minutes.
 * @returns `undefined` where it cannot be built: on another system than Linux, or without the tools for it
 */
export async function ensureRic({ cacheDir, report, signal }: RicOptions): Promise<string | undefined> {
  const [major = ''] = process.versions.node.split('.');
  // Not beside what `up` fetches: it clears away what it takes for its own leftovers.
  const root = join(cacheDir, 'lambda');
  const dir = join(root, `ric-${RIC.version}-node${major}-${process.platform}-${process.arch}`);
  const program = join(dir, 'node_modules', RIC.name, 'bin', 'index.mjs');
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
    report(`building ${RIC.name} ${RIC.version}, AWS's own Lambda runtime: some minutes, once`);
    await build(root, dir, signal);
    return program;
  });
}

/** There whole or not at all. @throws LocalError with the last lines of what failed */
async function build(root: string, dir: string, signal: AbortSignal | undefined): Promise<void> {
  await mkdir(root, { recursive: true });
  const staging = await stagingBeside(root, 'ric');
  const npm = (...args: string[]): Promise<string> => runTool('npm', args, { cwd: staging, signal });
  try {
    await npm('pack', `${RIC.name}@${RIC.version}`, '--silent');
    const file = `${RIC.name}-${RIC.version}.tgz`;
    const sum = createHash('sha512')
      .update(await readFile(join(staging, file)))
      .digest('base64');
    if (sum !== RIC.sha512) throw new LocalError(`${file} is not the one that was expected: sha512-${sum}`);
    await npm('install', `./${file}`, '--prefix', staging, '--no-audit', '--no-fund', '--ignore-scripts=false');
    await stat(join(staging, 'node_modules', RIC.name, 'dist', 'rapid-client.node')).catch((error: unknown) => {
      throw new LocalError(`${RIC.name} was installed and not built: npm ran no scripts`, { cause: error });
    });
    await rm(dir, { recursive: true, force: true });
    await rename(staging, dir);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/**
 * What users get, tried as they get it: build, pack, lint the tarball, weigh it, install it in an empty folder and
 * use it there (test/package). Alone: `npm run check:package`.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { commandStep, tool } from './gate/command.js';
import { fetchNode, type NodeBinary } from './gate/nodes.js';
import { manifest, root } from './gate/project.js';
import { ONE_PASSED, ONE_SKIPPED, runSteps, type Step, sum } from './gate/steps.js';
import { suiteStep } from './gate/suite.js';

/** Lines of Node beside the one that runs this. */
const OTHER_NODES = ['22', '24'];

const work = join(root, '.work/package');
const tarball = join(work, `${manifest.name}-${manifest.version}.tgz`);
const consumer = join(work, 'consumer');

/** npm without its hooks: what is packed is the dist/ that was just built. */
async function pack(into: string): Promise<string> {
  await tool('npm', ['pack', '--ignore-scripts', '--pack-destination', into]);
  const bytes = await readFile(join(into, `${manifest.name}-${manifest.version}.tgz`));
  return createHash('sha256').update(bytes).digest('hex');
}

const packStep: Step = {
  title: 'two builds pack into the same bytes',
  essential: true,
  async run() {
    await rm(work, { recursive: true, force: true });
    await mkdir(work, { recursive: true });
    const first = await pack(work);
    const again = await mkdtemp(join(tmpdir(), 'livywire-pack-'));
    try {
      await tool('tsx', ['scripts/build.ts']);
      const second = await pack(again);
      if (first !== second) throw new Error(`the tarball's sha256 was ${first}, then ${second}`);
    } finally {
      await rm(again, { recursive: true, force: true });
    }
    return ONE_PASSED;
  },
};

const installStep: Step = {
  title: 'the tarball installs in an empty folder',
  essential: true,
  async run() {
    await mkdir(consumer, { recursive: true });
    await writeFile(join(consumer, 'package.json'), '{ "private": true, "type": "module" }\n');
    // From npm's cache where it can: `npm ci` has just filled it.
    await tool('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], { cwd: consumer });
    return ONE_PASSED;
  },
};

const nodes: NodeBinary[] = [];
const nodesStep: Step = {
  title: `other lines of Node: ${OTHER_NODES.join(', ')}`,
  async run() {
    const tallies = OTHER_NODES.map(async (line) => {
      try {
        const node = await fetchNode(line);
        nodes.push(node);
        console.log(`Node ${line} is ${node.version}`);
        return ONE_PASSED;
      } catch (error) {
        console.log(
          `Node ${line} cannot be had here, so nothing is tried on it: ${(error as Error).message.split('\n')[0]}`,
        );
        return ONE_SKIPPED;
      }
    });
    return sum(await Promise.all(tallies));
  },
};

const suite: Step = {
  title: 'the installed package',
  run() {
    const env = { LIVYWIRE_CONSUMER: consumer, LIVYWIRE_TARBALL: tarball, LIVYWIRE_NODES: JSON.stringify(nodes) };
    return suiteStep(suite.title, { config: 'ava.package.config.js', env, verbose: true }).run();
  },
};

export function packageSteps(): readonly Step[] {
  return [
    commandStep('build', 'tsx', ['scripts/build.ts'], { essential: true }),
    packStep,
    commandStep('publint', 'publint', ['run', tarball, '--strict']),
    commandStep('are the types wrong', 'attw', [tarball, '--profile', 'esm-only', '--no-emoji']),
    commandStep('size limits', 'size-limit', []),
    installStep,
    nodesStep,
    suite,
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await runSteps(packageSteps());

/** What importing livywire costs a program, and installing it a disk. */
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { npmInstall } from '../../peers/folder.js';
import { bytesIn, npmPackagesIn, pythonPackagesIn } from '../installed-size.js';
import { startLivyStub } from '../livy-stub.js';
import { findPeers, type Place, type Places } from '../peers.js';
import type { Bench, Measure, Row, Subject } from '../row.js';
import { inRounds, ratioOf, samplesOf, spread, type Take } from '../summary.js';

const LONGEST_IMPORT = 1.3;
const HANDLERS = ['submit', 'status', 'cancel', 'diagnose', 'watch'] as const;
/** Peers of ours that only some need: package.json says for what. aws-cdk-lib, for CDK programs, has 100 MB of its own. */
const OPTIONAL = ['@aws-sdk/client-emr-serverless', '@aws-sdk/client-sfn', '@aws-sdk/client-eventbridge'];

interface Cost {
  readonly ms: number;
  readonly cpuMs: number;
  readonly rssMB: number;
  readonly heapMB: number;
}
type What = readonly [how: string, path: string, url?: string];
type NotHere = Extract<Place, { readonly cannot: string }>;

const program = fileURLToPath(new URL('../import-main.mjs', import.meta.url));

async function costOf(what: What): Promise<Cost> {
  const { stdout } = await execa(process.execPath, ['--expose-gc', program, ...what.map((one) => one ?? '')]);
  return JSON.parse(stdout) as Cost;
}

/** What there is to import: axios as livywire has it, so that the difference is livywire's. */
function imports({ livywire, livyClient, synapse }: Places, url: string): Readonly<Record<string, What | NotHere>> {
  const axios = join(dirname(createRequire(livywire).resolve('axios/package.json')), 'index.js');
  const required = (place: Place, name: string): What | NotHere =>
    'at' in place ? [`require ${name}`, join(place.at, 'package.json')] : place;
  const handler = (name: string): What => ['import', join(dirname(livywire), 'lambda', name, 'index.mjs')];
  return {
    axios: ['axios', axios],
    livywire: ['livywire', livywire],
    'axios, and its first request': ['axios', axios, url],
    'livywire, and its first request': ['livywire', livywire, url],
    'livy-client': required(livyClient, 'livy-client'),
    'synapse-spark': required(synapse, '@azure/synapse-spark'),
    ...Object.fromEntries(HANDLERS.map((name) => [`livywire, handler ${name}`, handler(name)])),
  };
}

async function importMeasures(places: Places, url: string, rounds: number): Promise<readonly Measure[]> {
  const costs = new Map<string, Cost[]>();
  const all = imports(places, url);
  const takes = Object.fromEntries(
    Object.entries(all).map(([name, what]): [string, Take | NotHere] => {
      if ('cannot' in what) return [name, what];
      const take = async (): Promise<number> => {
        const cost = await costOf(what);
        costs.set(name, [...(costs.get(name) ?? []), cost]);
        return cost.ms;
      };
      return [name, take];
    }),
  );
  const wall = await inRounds(takes, { rounds });
  const other = (key: keyof Cost): readonly Subject[] =>
    wall.map((one) =>
      'cannot' in one
        ? one
        : { name: one.name, samples: (costs.get(one.name) ?? []).slice(-rounds).map((cost) => cost[key]) },
    );
  return [
    { title: 'Importing, by the clock', unit: 'ms', against: 'axios', subjects: wall, chart: true },
    { title: 'Importing, time of the processors', unit: 'ms', against: 'axios', subjects: other('cpuMs') },
    { title: 'Resident memory that it adds', unit: 'MB', against: 'axios', subjects: other('rssMB'), chart: true },
    { title: 'Heap that it adds, after a collection', unit: 'MB', against: 'axios', subjects: other('heapMB') },
  ];
}

/** Megabytes and packages of one installation. */
type Size = readonly [name: string, bytes: number, packages: number] | readonly [name: string, cannot: string];

async function sizes(
  { livywire, livyClient, synapse, pylivy, airflow }: Places,
  bench: Bench,
): Promise<readonly Size[]> {
  const npm = async (name: string, folder: string): Promise<Size> => [
    name,
    await bytesIn(join(folder, 'node_modules')),
    await npmPackagesIn(folder),
  ];
  const npmPeer = async (name: string, place: Place): Promise<Size> =>
    'at' in place ? npm(name, place.at) : [name, place.cannot];
  const pythonPeer = async (name: string, place: Place): Promise<Size> => {
    if ('cannot' in place) return [name, place.cannot];
    const { folder, count } = await pythonPackagesIn(dirname(dirname(place.at)));
    return [name, await bytesIn(folder), count];
  };
  if (bench.short) return [['livywire', await bytesIn(dirname(livywire)), 1]];
  const ours = join(livywire, '../../../..');
  const withOptional = join(bench.folder, 'with-optional');
  await mkdir(withOptional);
  const [tarball = ''] = Object.values(await dependenciesOf(ours));
  await npmInstall(withOptional, [join(ours, tarball.replace('file:', '')), ...OPTIONAL]);
  return [
    await npm('livywire', ours),
    await npm('livywire, with the optional AWS clients', withOptional),
    await npmPeer('livy-client', livyClient),
    await npmPeer('synapse-spark', synapse),
    await pythonPeer('pylivy', pylivy),
    await pythonPeer('LivyHook, with Airflow', airflow),
  ];
}

async function dependenciesOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const { dependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return dependencies;
}

async function run(bench: Bench) {
  const { short, say } = bench;
  const places = await findPeers(bench);
  const stub = await startLivyStub();
  try {
    const imported = await importMeasures(places, stub.url, short ? 1 : 21);
    say('installations');
    const found = await sizes(places, bench);
    const subjects = (pick: (bytes: number, packages: number) => number): readonly Subject[] =>
      found.map(([name, bytes, packages]) =>
        typeof bytes === 'string' ? { name, cannot: bytes } : { name, samples: [pick(bytes, packages ?? 0)] },
      );
    const size: Measure = {
      title: 'Installed, the sum of all files',
      unit: 'MB',
      subjects: subjects((bytes) => bytes / 1e6),
      chart: true,
    };
    const packages: Measure = {
      title: 'Packages installed',
      unit: 'packages',
      subjects: subjects((_, count) => count),
    };
    const [wall] = imported;
    const ratio = wall ? ratioOf(wall, 'livywire', 'axios') : Number.NaN;
    const first = wall ? ratioOf(wall, 'livywire, and its first request', 'axios, and its first request') : Number.NaN;
    const [ours, theirs] = ['livywire', 'synapse-spark'].map((name) => spread(samplesOf(size, name)).median);
    return {
      versions: places.versions,
      measures: [...imported, size, packages],
      aims: [
        {
          aim: `importing livywire at most ${LONGEST_IMPORT} × importing axios`,
          seen: `${ratio.toFixed(2)} ×`,
          met: ratio <= LONGEST_IMPORT,
        },
        {
          aim: `importing livywire and its first request at most ${LONGEST_IMPORT} × the same with axios`,
          seen: `${first.toFixed(2)} ×`,
          met: first <= LONGEST_IMPORT,
        },
        {
          aim: 'installed smaller than @azure/synapse-spark',
          seen: `${ours?.toFixed(1)} MB, it ${theirs?.toFixed(1)} MB`,
          met: (ours ?? Infinity) < (theirs ?? 0),
        },
      ],
      notes: [
        'Each import is a process of its own that has done nothing else, with its files in the cache of the system. livywire reads axios with its first request, so that is measured, too: a read of one batch. ' +
          'The handlers are the bundles that are deployed, without the AWS SDK that Lambda brings. Sizes are those of `npm install`, and of pip in an empty environment.',
      ],
    };
  } finally {
    await stub.stop();
  }
}

export const row: Row = { name: 'library', question: 'What does the library cost a program?', place: 2, run };

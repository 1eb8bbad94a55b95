/** How long a command takes, from the shell and back, beside Node doing nothing at all and the peers doing the same. */
import { join } from 'node:path';
import process from 'node:process';
import { fetchNode } from '../../gate/nodes.js';
import { root } from '../../gate/project.js';
import { startLivyStub } from '../livy-stub.js';
import { findPeers, type Place, type Places } from '../peers.js';
import type { Aim, Bench, Measure, Row } from '../row.js';
import { ratioOf, samplesOf, spread } from '../summary.js';
import { type Command, commandsInRounds } from '../whole-process.js';

const FLOOR = 'node -e 0';
/** Beside the one that runs this. */
const OTHER_NODES = ['22', '24'];
const LONGEST_RATIOS = { 'livywire --version': 1.3, 'livywire --help': 1.5, 'livywire submit': 3 } as const;
const FILE = 's3://jobs/etl.py';

type Commands = Readonly<Record<string, (() => Command) | { readonly cannot: string }>>;

const node =
  (...args: readonly string[]) =>
  (): Command => ({ command: process.execPath, args });

/** A line of the language that a peer is written in. */
const line = (
  place: Place,
  { of, code, url = '' }: { readonly of: 'node' | 'python'; readonly code: string; readonly url?: string },
) =>
  'cannot' in place
    ? place
    : (): Command =>
        of === 'node'
          ? { command: process.execPath, args: ['-e', code, url], cwd: place.at }
          : {
              command: place.at,
              args: ['-c', code, url],
              env: { AIRFLOW_HOME: join(root, '.work/peers/airflow-home'), AIRFLOW_CONN_LIVY_DEFAULT: url },
            };

const versions = ({ bin, livyClient, synapse, pylivy, airflow }: Places): Commands => ({
  [FLOOR]: node('-e', '0'),
  'livywire --version': node(bin, '--version'),
  'livywire --help': node(bin, '--help'),
  'livy-client, version': line(livyClient, {
    of: 'node',
    code: `require('livy-client'); console.log(require('livy-client/package.json').version)`,
  }),
  'synapse-spark, version': line(synapse, {
    of: 'node',
    code: `require('@azure/synapse-spark'); console.log(require('@azure/synapse-spark/package.json').version)`,
  }),
  'pylivy, version': line(pylivy, {
    of: 'python',
    code: `import importlib.metadata as m, livy; print(m.version('livy'))`,
  }),
  'LivyHook, version': line(airflow, {
    of: 'python',
    code: `import airflow.providers.apache.livy as p; from airflow.providers.apache.livy.hooks.livy import LivyHook; print(p.__version__)`,
  }),
});

const submits = ({ bin, livyClient, synapse, pylivy, airflow }: Places, url: string, folder: string): Commands => ({
  [FLOOR]: node('-e', '0'),
  'livywire submit': () => ({
    command: process.execPath,
    args: [bin, 'submit', '--url', url, '--ledger', join(folder, 'ledger'), FILE],
    env: { XDG_CONFIG_HOME: folder },
  }),
  'livy-client, submit': line(livyClient, {
    of: 'node',
    url,
    code: `const { default: Batch } = require('livy-client/lib/batch.js'); const { hostname: host, port } = new URL(process.argv[1]);
new Batch({ host, port }).createSession({ file: '${FILE}' }, { autoupdate: false }).then((batch) => console.log(batch.id))`,
  }),
  'synapse-spark, submit': line(synapse, {
    of: 'node',
    url,
    code: `const { SparkClient } = require('@azure/synapse-spark');
const client = new SparkClient({ getToken: async () => null }, process.argv[1], 'pool', { allowInsecureConnection: true });
client.pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' });
client.sparkBatch.createSparkBatchJob({ name: String(process.pid), file: '${FILE}' }).then((batch) => console.log(batch.id))`,
  }),
  'pylivy, submit': line(pylivy, {
    of: 'python',
    url,
    code: `import sys; from livy import LivyBatch; print(LivyBatch.create(sys.argv[1], '${FILE}').batch_id)`,
  }),
  'LivyHook, submit': line(airflow, {
    of: 'python',
    url,
    code: `from airflow.providers.apache.livy.hooks.livy import LivyHook; print(LivyHook().post_batch(file='${FILE}'))`,
  }),
});

/** Ours against the floor, and against the fastest of those who are written in Python. */
function aimsOf(measures: readonly Measure[]): readonly Aim[] {
  return measures.flatMap((measure) => {
    const names = measure.subjects.map(({ name }) => name);
    const ours = names.filter((name): name is keyof typeof LONGEST_RATIOS => name in LONGEST_RATIOS);
    const medianOf = (name: string): number => spread(samplesOf(measure, name)).median;
    const pythons = names.filter((name) => /^(pylivy|LivyHook)/.test(name) && samplesOf(measure, name).length > 0);
    const fastest = Math.min(...pythons.map(medianOf));
    return ours.flatMap((name): readonly Aim[] => {
      const [ratio, most, median] = [ratioOf(measure, name, FLOOR), LONGEST_RATIOS[name], medianOf(name)];
      const ahead = {
        aim: `${name} ahead of every Python peer`,
        seen: `${Math.round(median)} ms, the fastest of them ${Math.round(fastest)} ms`,
      };
      return [
        { aim: `${name} at most ${most} × ${FLOOR}`, seen: `${ratio.toFixed(2)} ×`, met: ratio <= most },
        ...(pythons.length > 0 && name !== 'livywire --help' ? [{ ...ahead, met: median < fastest }] : []),
      ];
    });
  });
}

/** The same on the other lines of Node that livywire runs on, without the peers. */
async function onOtherNodes(
  { bin }: Places,
  url: string,
  { folder, say }: Bench,
  rounds: number,
): Promise<readonly Measure[]> {
  const measures: Measure[] = [];
  for (const wanted of OTHER_NODES) {
    const found = await fetchNode(wanted).catch(() => undefined);
    if (!found) {
      say(`Node ${wanted} cannot be had here: not measured`);
      continue;
    }
    const command =
      (...args: readonly string[]) =>
      (): Command => ({ command: found.path, args, env: { XDG_CONFIG_HOME: folder } });
    const { wall } = await commandsInRounds(
      {
        [FLOOR]: command('-e', '0'),
        'livywire --version': command(bin, '--version'),
        'livywire --help': command(bin, '--help'),
        'livywire submit': command(bin, 'submit', '--url', url, '--ledger', join(folder, 'ledger'), FILE),
      },
      rounds,
    );
    measures.push({ title: `On Node ${found.version}, by the clock`, unit: 'ms', against: FLOOR, subjects: wall });
  }
  return measures;
}

async function run(bench: Bench) {
  const { short, folder } = bench;
  const places = await findPeers(bench);
  const stub = await startLivyStub();
  const rounds = short ? 1 : 25;
  try {
    const told = await commandsInRounds(versions(places), rounds);
    const sent = await commandsInRounds(submits(places, stub.url, folder), rounds);
    const common = { unit: 'ms', against: FLOOR };
    const measures: Measure[] = [
      {
        ...common,
        title: 'Saying its version, or its help: the whole process by the clock',
        subjects: told.wall,
        chart: true,
      },
      { ...common, title: 'The same, time of the processors', subjects: told.cpu },
      {
        ...common,
        title: 'Submitting a job to a server that answers at once: the whole process by the clock',
        subjects: sent.wall,
        chart: true,
      },
      { ...common, title: 'The same, time of the processors', subjects: sent.cpu },
    ];
    const elsewhere = short ? [] : await onOtherNodes(places, stub.url, bench, rounds);
    return {
      versions: places.versions,
      measures: [...measures, ...elsewhere],
      aims: aimsOf(measures.filter((_, i) => i % 2 === 0)),
      notes: [
        'livywire is the package as it is installed; a peer, which is a library, is a line of its language that imports it and prints its version, or sends one batch. ' +
          'Before its request livywire writes the claim of its key to disk, and afterwards what the server said; the peers keep nothing.',
      ],
    };
  } finally {
    await stub.stop();
  }
}

export const row: Row = { name: 'start', question: 'How long does a command take to start?', place: 1, run };

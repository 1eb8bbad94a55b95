/** Everybody that a row can be measured beside, each as it is installed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { tool } from '../gate/command.js';
import { manifest, root } from '../gate/project.js';
import { installAirflow } from '../peers/airflow.js';
import { installLivywire } from '../peers/livywire.js';
import { installNpm, NPM_PEERS } from '../peers/npm-peers.js';
import { installPylivy, PYLIVY_VERSION } from '../peers/pylivy.js';
import { type Driver, type DriverProgram, nodeDriver, pythonDriver, startDriver } from './driver.js';
import type { Bench } from './row.js';
import { firstLine } from './summary.js';

/** Where somebody is, or why it is not here. */
export type Place = { readonly at: string } | { readonly cannot: string };

/** Where each is: of livywire its entrance, of a package its folder, of a Python peer its Python. */
export interface Places {
  readonly livywire: string;
  /** The program behind `livywire` on a command line. */
  readonly bin: string;
  readonly livyClient: Place;
  readonly synapse: Place;
  readonly pylivy: Place;
  readonly airflow: Place;
  readonly versions: Readonly<Record<string, string>>;
}

const NOT_IN_SHORT = { cannot: 'left out of the short form' };
/** What Airflow 3.3.2 comes with, see scripts/peers/airflow.ts. */
const AIRFLOW_VERSIONS = { 'apache-airflow': '3.3.2', 'apache-airflow-providers-apache-livy': '4.6.4' };

/** What the last build of this checkout left. */
async function built(say: Bench['say']): Promise<{ readonly dist: string }> {
  const dist = join(root, 'dist');
  if (!existsSync(join(dist, 'cli/bin.js'))) {
    say('building livywire');
    await tool('tsx', ['scripts/build.ts']);
  }
  return { dist };
}

/** Installs who is not here yet. Whoever cannot be had is left out, aloud. */
export async function findPeers({ short, say }: Pick<Bench, 'short' | 'say'>): Promise<Places> {
  const tried = async (name: string, install: () => Promise<string>): Promise<Place> => {
    if (short) return NOT_IN_SHORT;
    try {
      return { at: await install() };
    } catch (error) {
      say(`${name} cannot be had here: ${firstLine(error)}`);
      return { cannot: 'it could not be installed here' };
    }
  };
  const npm = (name: keyof typeof NPM_PEERS) => tried(name, () => installNpm(name, NPM_PEERS[name], say));
  const ours = short ? await built(say) : await installLivywire(say);
  return {
    livywire: join(ours.dist, 'index.js'),
    bin: join(ours.dist, 'cli/bin.js'),
    livyClient: await npm('livy-client'),
    synapse: await npm('@azure/synapse-spark'),
    pylivy: await tried('pylivy', () => installPylivy(say)),
    airflow: await tried('Airflow', async () => join(await installAirflow(say), 'python')),
    versions: { livywire: manifest.version, ...NPM_PEERS, pylivy: PYLIVY_VERSION, ...AIRFLOW_VERSIONS },
  };
}

export const ASYNC_HOOK_STARTS_NOTHING = 'it reads states, and starts nothing';

/** The clients as programs, in the order of tables. */
function programs(places: Places): Readonly<Record<string, DriverProgram | { readonly cannot: string }>> {
  const { livywire } = places;
  const at = (place: Place, make: (at: string) => DriverProgram) => ('at' in place ? make(place.at) : place);
  const airflow = (hook: string) =>
    at(places.airflow, (python) =>
      pythonDriver(python, hook, { AIRFLOW_HOME: join(root, '.work/peers/airflow-home') }),
    );
  return {
    livywire: nodeDriver('livywire', livywire),
    axios: nodeDriver('axios', livywire),
    'node:http': nodeDriver('node:http', livywire),
    'livy-client': at(places.livyClient, (folder) => nodeDriver('livy-client', folder)),
    'synapse-spark': at(places.synapse, (folder) => nodeDriver('synapse-spark', folder)),
    pylivy: at(places.pylivy, (python) => pythonDriver(python, 'pylivy')),
    LivyHook: airflow('hook'),
    LivyAsyncHook: airflow('async-hook'),
  };
}

export type Drivers = ReadonlyMap<string, Driver | { readonly cannot: string }>;

/** Starts every client, hands them out, and stops them again. */
export async function withDrivers<T>(places: Places, use: (drivers: Drivers) => Promise<T>): Promise<T> {
  const drivers = new Map<string, Driver | { readonly cannot: string }>();
  try {
    for (const [name, program] of Object.entries(programs(places))) {
      const started =
        'cannot' in program
          ? program
          : await startDriver(program).catch((error: unknown) => ({ cannot: firstLine(error) }));
      drivers.set(name, started);
    }
    return await use(drivers);
  } finally {
    for (const one of drivers.values()) if ('ask' in one) await one.stop();
  }
}

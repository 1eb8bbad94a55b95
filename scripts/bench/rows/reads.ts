/** How many status reads a second go through each client, against a server that answers at once. */
import { type Driver, nodeDriver, startDriver } from '../driver.js';
import { startLivyStub } from '../livy-stub.js';
import { type Drivers, findPeers, type Places, withDrivers } from '../peers.js';
import type { Bench, Curve, Measure, Row } from '../row.js';
import { inRounds, ratioOf } from '../summary.js';

const IN_FLIGHT = [1, 8, 64] as const;
const LEAST_SHARE_OF_AXIOS = 0.9;
/** Of the heap, from the first hundred thousand reads to the last. */
const MOST_GROWTH_MB = 2;

/** Reads a second, and what a read costs in the client's own process, at so many in flight. */
async function atOnce(
  drivers: Drivers,
  url: string,
  inFlight: number,
  { ms, rounds }: { readonly ms: number; readonly rounds: number },
): Promise<readonly [Measure, Measure]> {
  const cost = new Map<string, number[]>();
  const take = (name: string, driver: Driver) => async (): Promise<number> => {
    const { done, failed, seconds, cpuSeconds } = await driver.ask({ do: 'reads', url, inFlight, ms });
    if (failed > 0) throw new Error(`${failed} of ${done + failed} reads failed`);
    cost.set(name, [...(cost.get(name) ?? []), (cpuSeconds * 1e6) / done]);
    return done / seconds;
  };
  const takes = Object.fromEntries(
    [...drivers].map(([name, driver]) => [name, 'ask' in driver ? take(name, driver) : driver]),
  );
  const subjects = await inRounds(takes, { rounds });
  const common = { against: 'axios', chart: inFlight !== 8 };
  const costs = subjects.map((one) =>
    'cannot' in one ? one : { name: one.name, samples: (cost.get(one.name) ?? []).slice(-rounds) },
  );
  return [
    { ...common, title: `Reads a second, ${inFlight} in flight`, unit: 'reads/s', better: 'more', subjects },
    {
      ...common,
      title: `CPU time of a read in the client, ${inFlight} in flight`,
      unit: 'µs',
      subjects: costs,
      chart: false,
    },
  ];
}

/** Heap and resident memory over a great many reads of one client. */
async function memoryOverReads({ livywire }: Places, url: string, steps: number, each: number): Promise<Curve> {
  const driver = await startDriver(nodeDriver('livywire', livywire));
  try {
    const [heap, resident]: [[number, number][], [number, number][]] = [[], []];
    for (let step = 1; step <= steps; step++) {
      const { failed } = await driver.ask({ do: 'read-count', url, inFlight: 64, count: each });
      if (failed > 0) throw new Error(`${failed} of ${each} reads failed`);
      const { heapMB, rssMB } = await driver.ask({ do: 'memory' });
      heap.push([step * each, heapMB]);
      resident.push([step * each, rssMB]);
    }
    return {
      title: 'Memory of livywire over its reads, after a collection at each point',
      x: 'reads',
      y: 'MB',
      lines: [
        { name: 'heap', points: heap },
        { name: 'resident', points: resident },
      ],
    };
  } finally {
    await driver.stop();
  }
}

async function run(bench: Bench) {
  const { short, say } = bench;
  const places = await findPeers(bench);
  const stub = await startLivyStub();
  const length = short ? { ms: 100, rounds: 1 } : { ms: 1_500, rounds: 7 };
  try {
    const measures = await withDrivers(places, async (drivers) => {
      const all: Measure[] = [];
      for (const inFlight of IN_FLIGHT) {
        say(`${inFlight} in flight`);
        all.push(...(await atOnce(drivers, stub.url, inFlight, length)));
      }
      return all;
    });
    say('memory');
    const curve = await memoryOverReads(places, stub.url, short ? 2 : 10, short ? 500 : 100_000);
    const [heap = { points: [] }] = curve.lines;
    const [first, last] = [heap.points[0]?.[1] ?? Number.NaN, heap.points.at(-1)?.[1] ?? Number.NaN];
    const reads = heap.points.at(-1)?.[0] ?? 0;
    const shares = measures.filter(({ unit }) => unit === 'reads/s').map((one) => ratioOf(one, 'livywire', 'axios'));
    return {
      versions: places.versions,
      measures,
      curves: [curve],
      aims: [
        ...IN_FLIGHT.map((inFlight, i) => {
          const share = shares[i] ?? Number.NaN;
          return {
            aim: `status reads, ${inFlight} in flight: at least ${LEAST_SHARE_OF_AXIOS} × a bare axios loop`,
            seen: `${share.toFixed(2)} ×`,
            met: share >= LEAST_SHARE_OF_AXIOS,
          };
        }),
        {
          aim: `memory is flat over ${reads.toLocaleString('en')} reads: the heap grows by less than ${MOST_GROWTH_MB} MB`,
          seen: `${first.toFixed(1)} MB after the first tenth, ${last.toFixed(1)} MB at the end`,
          met: last - first < MOST_GROWTH_MB,
        },
      ],
      notes: [
        'The server is a stand-in for Livy in a process of its own that answers from memory: real servers are slower, so these are the most that a client could do. ' +
          'Everybody reads `GET /batches/7` (the asynchronous hook has only `/state`) for a second and a half a round, with connections kept alive where the client can. ' +
          'The Python clients have a thread for each read in flight, the asynchronous hook a task. ' +
          "Synapse's client gets an address without TLS and is spared its token.",
      ],
    };
  } finally {
    await stub.stop();
  }
}

export const row: Row = {
  name: 'reads',
  question: 'How many status reads go through one process?',
  place: 3,
  run,
};

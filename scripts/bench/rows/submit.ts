/** A thousand runs through a real Livy whose spark-submit is a stand-in, and what becomes of them where replies are lost. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { down, up } from '../../../src/local/index.js';
import { FaultProxy } from '../../../test/chaos/fault-proxy.js';
import type { Driver } from '../driver.js';
import type { Work } from '../drivers/orders.js';
import { startLivyStub } from '../livy-stub.js';
import { ASYNC_HOOK_STARTS_NOTHING, type Drivers, findPeers, withDrivers } from '../peers.js';
import type { Aim, Bench, Measure, Row, Subject } from '../row.js';

const MOST_SHARE = 0.05;
/** Of POSTs: of so many the last one is done, and its reply lost. */
const LOSE_EVERY = 100;
const IN_FLIGHT = 8;

/** A Livy, real or not, and what was started through it. */
interface Server {
  readonly url: string;
  /** Arguments of each application since the last time. */
  readonly started: () => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
}

async function realLivy({ folder, say }: Bench): Promise<Server> {
  const [stateDir, file] = [join(folder, 'state'), join(folder, 'started')];
  say('starting Livy');
  await writeFile(file, '');
  const { url } = await up({
    stateDir,
    sparkSubmit: fileURLToPath(new URL('../count-spark-submit.sh', import.meta.url)),
    env: { BENCH_STARTED: file },
    allow: [folder],
  });
  return {
    url,
    async started() {
      const text = await readFile(file, 'utf8');
      await writeFile(file, '');
      return text.split('\n').filter((line) => line !== '');
    },
    stop: async () => void (await down({ stateDir })),
  };
}

async function standIn(): Promise<Server> {
  const stub = await startLivyStub();
  let known = 0;
  return {
    url: stub.url,
    async started() {
      const { started } = await stub.seen();
      const fresh = started.slice(known);
      known = started.length;
      return fresh;
    },
    stop: stub.stop,
  };
}

interface Sent extends Work {
  readonly applications: number;
  /** Beyond the first for each key. */
  readonly duplicates: number;
  /** Keys that no application has. */
  readonly missing: number;
}

/** Starts a run for each key of its own. @param again - whether its user sends a POST anew that has failed */
async function send(
  driver: Driver,
  server: Server,
  order: {
    readonly url: string;
    readonly who: string;
    readonly count: number;
    readonly again: boolean;
    readonly file: string;
    readonly folder: string;
  },
): Promise<Sent> {
  const { who, count, ...rest } = order;
  await server.started();
  const keys = Array.from({ length: count }, (_, i) => `${who}-${i}`);
  const work = await driver.ask({ do: 'submits', inFlight: IN_FLIGHT, keys, ...rest });
  // The last of them are about to put down what they were started with.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const applications = await server.started();
  // Synapse's client knows Synapse's 200 alone, and Livy answers 201.
  if (work.done === 0)
    throw new Error(
      `it told of an error for each of ${count} submits, and ${applications.length} applications were started`,
    );
  const different = new Set(applications).size;
  return {
    ...work,
    applications: applications.length,
    duplicates: applications.length - different,
    missing: count - different,
  };
}

type Result = ReadonlyMap<string, Sent | { readonly cannot: string }>;

async function everybody(drivers: Drivers, each: (name: string, driver: Driver) => Promise<Sent>): Promise<Result> {
  const results = new Map<string, Sent | { readonly cannot: string }>();
  for (const [name, driver] of drivers) {
    if ('cannot' in driver) results.set(name, driver);
    else if (name === 'LivyAsyncHook') results.set(name, { cannot: ASYNC_HOOK_STARTS_NOTHING });
    else if (name === 'axios')
      continue; // it would send what node:http sends
    else results.set(name, await each(name, driver).catch((error: Error) => ({ cannot: error.message })));
  }
  return results;
}

const subjectsOf = (result: Result, pick: (sent: Sent) => number, note?: (sent: Sent) => string): readonly Subject[] =>
  [...result].map(([name, sent]) =>
    'cannot' in sent
      ? { name, cannot: sent.cannot }
      : { name, samples: [pick(sent)], ...(note && { note: note(sent) }) },
  );

async function run(bench: Bench) {
  const { short, folder, say } = bench;
  const places = await findPeers(bench);
  const count = short ? 40 : Number(process.env.BENCH_RUNS ?? 1_000);
  const loseEvery = short ? 10 : LOSE_EVERY;
  const server = await (short ? standIn() : realLivy(bench));
  let posts = 0;
  const proxy = new FaultProxy(server.url, ({ method, path }) =>
    method === 'POST' && path.endsWith('/batches') && ++posts % loseEvery === 0 ? 'reset-after' : 'none',
  );
  try {
    const lossy = await proxy.listen();
    const file = join(folder, 'job.py');
    await writeFile(file, 'print("never run")\n');
    return await withDrivers(places, async (drivers) => {
      const common = { count, file };
      say(`${count} runs each`);
      const plain = await everybody(drivers, (name, driver) =>
        send(driver, server, {
          ...common,
          url: server.url,
          who: `plain-${name}`,
          again: false,
          folder: join(folder, 'plain'),
        }),
      );
      say('the same with lost replies');
      const lost = await everybody(drivers, (name, driver) => {
        posts = 0;
        return send(driver, server, {
          ...common,
          url: lossy,
          who: `lossy-${name}`,
          again: name !== 'livywire',
          folder: join(folder, 'lossy'),
        });
      });
      const percent = `${100 / loseEvery} %`;
      const measures: Measure[] = [
        {
          title: `${count} runs started, ${IN_FLIGHT} at a time`,
          unit: 'runs/s',
          better: 'more',
          subjects: subjectsOf(plain, ({ done, seconds }) => done / seconds),
          chart: true,
        },
        {
          title: 'CPU time of the client for one of them',
          unit: 'ms',
          subjects: subjectsOf(plain, ({ done, cpuSeconds }) => (cpuSeconds * 1_000) / done),
        },
        {
          title: `Applications too many, of ${count} keys, where ${percent} of the replies are lost`,
          unit: 'applications',
          subjects: subjectsOf(
            lost,
            ({ duplicates }) => duplicates,
            ({ failed, missing }) => `${failed} errors told, ${missing} keys without an application`,
          ),
          chart: true,
        },
      ];
      return { versions: places.versions, measures, aims: aimsOf(plain, lost, percent), notes };
    });
  } finally {
    await proxy.close();
    await server.stop();
  }
}

function aimsOf(plain: Result, lost: Result, percent: string): readonly Aim[] {
  const [ours, floor, faulty] = [plain.get('livywire'), plain.get('node:http'), lost.get('livywire')];
  if (!ours || !floor || !faulty || 'cannot' in ours || 'cannot' in floor || 'cannot' in faulty) return [];
  const cpu = ours.cpuSeconds / ours.seconds;
  const wall = 1 - floor.seconds / floor.done / (ours.seconds / ours.done);
  const shown = (share: number): string => `${(share * 100).toFixed(1)} %`;
  return [
    {
      aim: `our share of the time under ${MOST_SHARE * 100} %: what a run takes longer than a bare POST`,
      seen: `${shown(wall)} of the time by the clock; our process is busy for ${shown(cpu)} of it`,
      met: wall < MOST_SHARE,
    },
    {
      aim: `no duplicate with ${percent} of the replies lost, and no run missing`,
      seen: `${faulty.duplicates} duplicates, ${faulty.missing} missing, ${faulty.failed} errors`,
      met: faulty.duplicates === 0 && faulty.missing === 0 && faulty.failed === 0,
    },
  ];
}

const notes = [
  'Livy is a real one (0.7.1); its spark-submit is a stand-in that puts down its arguments and ends at once, so applications can be counted. Everybody starts batches without a name, as their documentation does it, eight at a time; ' +
    "Synapse's client must give one. A lost reply is a connection that a proxy resets after Livy has answered it. The peers are driven as people do it: a POST that fails is sent again, at most twice; livywire is called once for each key. " +
    'livywire writes each claim and each answer to disk before it goes on, and asks Livy for the name before its POST; the bare loop does neither.',
];

export const row: Row = {
  name: 'submit',
  question: 'What does starting runs cost, and what where replies are lost?',
  place: 8,
  run,
};

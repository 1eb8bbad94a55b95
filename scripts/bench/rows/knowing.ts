/** How long after the end of an application its end is known: on a real YARN, behind a Livy that asks it every 5 s, as EMR's does. */
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { createLivywire, memoryLedger } from '../../../src/index.js';
import { down, packageRoot, up } from '../../../src/local/index.js';
import { ask } from '../../../test/helpers/livy-rest.js';
import { root } from '../../gate/project.js';
import { findPeers, type Place } from '../peers.js';
import type { Bench, Measure, Row, Subject } from '../row.js';
import { firstLine, median } from '../summary.js';
import { startStub } from '../watching/program.js';

const LIVY_POLL_MS = 5_000;
/** As often as livywire looks at a job of this length: 5 % of its age. */
const EVERY_MS = 2_000;
const FIXED_MS = 10_000;
const TIGHT_MS = 200;
const ROUNDS = 4;
const JOB_SECONDS = 25;
const OVER = ['success', 'dead', 'error', 'killed'];

const OURS = 'livywire';
const LIVYS_OWN = "Livy's own answer";

interface Servers {
  readonly livy: string;
  readonly yarn: string;
  readonly file: string;
  readonly args: readonly string[];
  /** How long after the end the last one may need. */
  readonly everyMs: number;
  readonly fixedMs: number;
}

/** When a batch is over, asked so often. */
async function looking(livy: string, id: string, everyMs: number): Promise<number> {
  await delay(Math.random() * everyMs);
  for (;;) {
    const { state } = (await ask(`${livy}/batches/${id}/state`)) as { state: string };
    if (OVER.includes(state)) return Date.now();
    await delay(everyMs);
  }
}

interface Peer {
  wait(id: string): Promise<number>;
  stop(): void;
}

async function startPeer(
  place: Place,
  name: string,
  { livy, everyMs }: Servers,
): Promise<Peer | { readonly cannot: string }> {
  if ('cannot' in place) return place;
  const program = fileURLToPath(new URL('../watching/peers.py', import.meta.url));
  const child = execa(place.at, [program, name, livy, String(everyMs / 1_000)], {
    reject: false,
    stdin: 'pipe',
    buffer: { stdout: false, stderr: true },
    env: { AIRFLOW_HOME: join(root, '.work/peers/airflow-home') },
  });
  const lines = createInterface({ input: child.stdout });
  const broken = child.then(({ stderr }) => Promise.reject(new Error(stderr.trim().split('\n').at(-1) ?? 'it ended')));
  const line = async (start: string): Promise<string> => {
    for (;;) {
      const [said] = (await Promise.race([once(lines, 'line'), broken])) as [string];
      if (said.startsWith(start)) return said.slice(start.length);
    }
  };
  try {
    await line('ready');
  } catch (error) {
    return { cannot: firstLine(error) };
  }
  return {
    async wait(id) {
      const over = line('over ');
      child.stdin.write(`${id}\n`);
      return Number(await over) * 1_000;
    },
    stop: () => child.stdin.end(),
  };
}

type Seen = Record<string, number[]>;

/** One job, and everybody who waits for it. */
async function oneJob(servers: Servers, peers: ReadonlyMap<string, Peer>, seen: Seen): Promise<void> {
  const { livy, yarn, file, args, everyMs, fixedMs } = servers;
  const lw = createLivywire({ url: livy, yarn: { url: yarn, seesAllApps: true }, ledger: memoryLedger() });
  try {
    const run = await lw.submit({ file, args });
    const { id = '' } = run.ref;
    let knownAt = NaN;
    const ours = (async () => {
      for await (const { state } of run.watch()) if (state === 'succeeded') knownAt = Date.now();
      return Date.now();
    })();
    const [told, tight, often, fixed, ...others] = await Promise.all([
      ours,
      looking(livy, id, TIGHT_MS),
      looking(livy, id, everyMs),
      looking(livy, id, fixedMs),
      ...[...peers.values()].map((peer) => peer.wait(id)),
    ]);
    if (run.outcome?.kind !== 'succeeded') throw new Error(`the job ended as ${run.outcome?.kind ?? 'nothing'}`);
    const { app } = (await ask(`${yarn}/ws/v1/cluster/apps/${run.outcome.ref.appId ?? ''}`)) as {
      app: { finishedTime: number };
    };
    const add = (name: string, at = NaN): void => {
      (seen[name] ??= []).push((at - app.finishedTime) / 1_000);
    };
    add(OURS, knownAt);
    add(`${OURS}, with the whole outcome in the ledger`, told);
    add(LIVYS_OWN, tight);
    [...peers.keys()].forEach((name, i) => add(name, others[i]));
    add(`a loop, every ${everyMs / 1_000} s`, often);
    add(`a loop, every ${fixedMs / 1_000} s`, fixed);
  } finally {
    await lw.close();
  }
}

async function measured(bench: Bench, servers: Servers, rounds: number) {
  const { pylivy, airflow, versions } = await findPeers(bench);
  const wanted = {
    pylivy: ['pylivy', pylivy],
    LivyHook: ['hook', airflow],
    LivyAsyncHook: ['async-hook', airflow],
  } as const;
  const peers = new Map<string, Peer>();
  const cannot: Subject[] = [];
  try {
    for (const [name, [word, place]] of Object.entries(wanted)) {
      const peer = await startPeer(place, word, servers);
      if ('cannot' in peer) cannot.push({ name, ...peer });
      else peers.set(name, peer);
    }
    const seen: Seen = {};
    for (let round = 0; round < rounds; round++) {
      bench.say(`job ${round + 1} of ${rounds}`);
      await oneJob(servers, peers, seen);
    }
    const measure: Measure = {
      title: 'From the end of the application to the word of it',
      unit: 's',
      against: LIVYS_OWN,
      chart: true,
      subjects: [...Object.entries(seen).map(([name, samples]) => ({ name, samples })), ...cannot],
    };
    const ours = median(seen[OURS] ?? []);
    const others = Object.entries(seen).filter(([name]) => !name.startsWith(OURS));
    const [first = ['nobody', []] as const] = others.toSorted((a, b) => median(a[1]) - median(b[1]));
    return {
      versions,
      measures: [measure],
      aims: [
        {
          aim: "the end is known before Livy's own answer, and before every peer at the same rate of requests",
          seen: `${ours.toFixed(1)} s; the next is ${first[0]}, ${median(first[1]).toFixed(1)} s`,
          met: ours < median(first[1]),
        },
      ],
      notes: [
        `A Spark job that sleeps ${JOB_SECONDS} s, ${rounds} times, each waited for by all at once. The time of the end is YARN's finishedTime; all clocks are this machine's. ` +
          `Livy asks YARN every ${LIVY_POLL_MS / 1_000} s, its default and EMR's. "Livy's own answer" is what somebody sees who reads its state every ${TIGHT_MS} ms. ` +
          `The peers look every ${EVERY_MS / 1_000} s, which is how often livywire looks at a job of that age, at YARN itself: by then it has left Livy alone.`,
      ],
    };
  } finally {
    for (const peer of peers.values()) peer.stop();
  }
}

async function run(bench: Bench) {
  const common = { everyMs: EVERY_MS, fixedMs: FIXED_MS };
  if (bench.short) {
    const stub = await startStub(1_000);
    try {
      const servers = {
        ...common,
        livy: stub.url,
        yarn: stub.url,
        file: 's3://b/j.py',
        args: ['2'],
        everyMs: 500,
        fixedMs: 1_000,
      };
      return await measured(bench, servers, 1);
    } finally {
      await stub.stop();
    }
  }
  const stateDir = join(bench.folder, 'state');
  try {
    const { url, behind } = await up({ stateDir, yarn: true, yarnPollMs: LIVY_POLL_MS });
    const file = join(packageRoot(), 'jobs/sleep.py');
    const servers = { ...common, livy: url, yarn: behind?.resourceManager ?? '', file, args: [String(JOB_SECONDS)] };
    return await measured(bench, servers, ROUNDS);
  } finally {
    await down({ stateDir });
  }
}

export const row: Row = { name: 'knowing', question: 'How soon is an end known?', place: 6, run };

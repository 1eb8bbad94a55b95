/** What it takes to watch many runs on one Livy: in one process, and in many. */
import { execa } from 'execa';
import process from 'node:process';
import type { Aim, Bench, Measure, Row, Subject } from '../row.js';
import { median, percentile } from '../summary.js';
import { fitting, type Waited, waitApart } from '../watching/processes.js';
import { type Installed, installed, plain, startStub } from '../watching/program.js';
import type { WatcherResult, WatcherTask } from '../watching/watcher-main.js';

type Way = WatcherTask['way'];
const WAYS: Readonly<Record<Way, string>> = {
  livy: 'livywire, Livy alone',
  yarn: 'livywire, Livy and YARN',
  loops: 'a loop for each run',
};
const COUNTS = [1, 100, 1_000, 10_000] as const;
const MOST = 10_000;
/** Between two looks at a young run, in milliseconds. */
const TICK_MS: Readonly<Record<Way, number>> = { livy: 5_000, yarn: 1_000, loops: 5_000 };
const MOST_RSS_MB = 200;
const MOST_CPU = 0.2;
const ROUNDS = 2;
const PROCESSES = 400;

type Seen = Readonly<Record<Way, readonly WatcherResult[]>>;

async function watch(program: string, { entrance, nodeArgs }: Installed, task: Omit<WatcherTask, 'url' | 'entrance'>) {
  const stub = await startStub();
  try {
    const given: WatcherTask = { ...task, url: stub.url, entrance };
    const args = ['--expose-gc', ...nodeArgs, program, JSON.stringify(given)];
    const { stdout } = await execa(process.execPath, args, { stdin: 'ignore', stderr: 'inherit', timeout: 300_000 });
    return JSON.parse(stdout.split('\n').at(-1) ?? '') as WatcherResult;
  } finally {
    await stub.stop();
  }
}

/** All ways in their turn, in each round. */
async function inOneProcess(bench: Bench, where: Installed): Promise<ReadonlyMap<number, Seen>> {
  const { short, say } = bench;
  const program = await plain('watcher-main', bench.folder);
  const seen = new Map<number, Record<Way, WatcherResult[]>>();
  const times = short
    ? { settleMs: 500, steadyMs: 500, endingMs: 100 }
    : { settleMs: 6_000, steadyMs: 15_000, endingMs: 10_000 };
  for (const runs of short ? [20] : COUNTS) {
    const ways: Record<Way, WatcherResult[]> = { livy: [], yarn: [], loops: [] };
    const measure = async (way: Way): Promise<void> => {
      say(`${runs} runs, ${WAYS[way]}`);
      ways[way].push(await watch(program, where, { way, runs, ...times }));
    };
    const each = Object.keys(ways) as Way[];
    if (short) await Promise.all(each.map(measure));
    else for (let round = 0; round < ROUNDS; round++) for (const way of each) await measure(way);
    seen.set(runs, ways);
  }
  return seen;
}

const MEASURES: readonly (Pick<Measure, 'title' | 'unit'> & { readonly of: (one: WatcherResult) => number })[] = [
  { title: 'Requests a minute', unit: 'requests', of: (one) => one.requestsPerMinute },
  { title: 'CPU time', unit: '% of a core', of: (one) => one.cpuShare * 100 },
  { title: 'Resident memory', unit: 'MB', of: (one) => one.rssMB },
  { title: 'An end is known after, 99 of 100', unit: 'ms', of: (one) => percentile(one.delaysMs, 0.99) },
];

const tableOf = (runs: number, seen: Seen, { of, ...measure }: (typeof MEASURES)[number]): Measure => ({
  ...measure,
  title: `${measure.title}, ${runs.toLocaleString('en')} runs`,
  chart: runs === MOST,
  subjects: (Object.keys(WAYS) as Way[]).map((way): Subject => ({ name: WAYS[way], samples: seen[way].map(of) })),
});

function aimsOf(seen: ReadonlyMap<number, Seen>): readonly Aim[] {
  const most = seen.get(MOST);
  if (!most) return [];
  const typical = (way: Way, of: (one: WatcherResult) => number): number => median(most[way].map(of));
  return (['livy', 'yarn'] as const).flatMap((way) => {
    const each = (seen.get(1_000)?.[way] ?? []).map((one) => one.requestsPerMinute);
    const [requests, before] = [typical(way, (one) => one.requestsPerMinute), median(each)];
    const rss = typical(way, (one) => one.rssMB);
    const cpu = typical(way, (one) => one.cpuShare);
    const p99 = typical(way, (one) => percentile(one.delaysMs, 0.99));
    return [
      {
        aim: `${WAYS[way]}: requests grow with pages of a hundred, not with runs`,
        seen: `${Math.round(before)} a minute for 1,000, ${Math.round(requests)} for 10,000`,
        met: requests <= (MOST / 100 + 1) * (60_000 / TICK_MS[way]),
      },
      {
        aim: `${WAYS[way]}: 10,000 runs under ${MOST_RSS_MB} MB`,
        seen: `${Math.round(rss)} MB`,
        met: rss < MOST_RSS_MB,
      },
      {
        aim: `${WAYS[way]}: 10,000 runs under 20 % of a core`,
        seen: `${(cpu * 100).toFixed(1)} %`,
        met: cpu < MOST_CPU,
      },
      {
        aim: `${WAYS[way]}: of 10,000 runs, 99 of 100 ends are known within one tick of ${TICK_MS[way] / 1_000} s`,
        seen: `${Math.round(p99)} ms`,
        met: p99 <= TICK_MS[way],
      },
    ];
  });
}

const apart = ({ processes, seconds, byWaiters, byWatcher, ended }: Waited): string =>
  `${processes} processes, ${seconds} s: ${byWaiters} requests by those who wait, ${byWatcher} by the watcher; ${ended} learned the end`;

async function run(bench: Bench) {
  const { short } = bench;
  const where = await installed(bench);
  const seen = await inOneProcess(bench, where);
  const options = { installed: where, count: short ? 2 : fitting(PROCESSES), seconds: short ? 2 : 60 };
  const [aloneLater, watchedLater] = [false, true].map(
    (isWatched) => () => waitApart(bench, { ...options, isWatched }),
  ) as [() => Promise<Waited>, () => Promise<Waited>];
  const [alone, watched] = short
    ? await Promise.all([aloneLater(), watchedLater()])
    : [await aloneLater(), await watchedLater()];
  const perMinute = (requests: number, { seconds }: Waited): readonly number[] => [(requests * 60) / seconds];
  const missing =
    options.count < PROCESSES && !short ? [`Only ${options.count} processes fit into the memory of this machine.`] : [];
  return {
    versions: where.versions,
    measures: [
      ...[...seen].flatMap(([runs, one]) => MEASURES.map((measure) => tableOf(runs, one, measure))),
      {
        title: `Requests a minute of ${options.count} processes that each wait for a run`,
        unit: 'requests',
        subjects: [
          { name: 'livywire, nobody watches', samples: perMinute(alone.byWaiters, alone) },
          { name: 'livywire, somebody watches', samples: perMinute(watched.byWaiters, watched) },
          { name: 'the watcher of all', samples: perMinute(watched.byWatcher, watched) },
        ],
      },
    ],
    curves: [
      {
        title: 'Requests a minute',
        x: 'runs',
        y: 'requests a minute',
        scale: 'log-log' as const,
        lines: (Object.keys(WAYS) as Way[]).map((way) => ({
          name: WAYS[way],
          points: [...seen].map(([runs, one]) => [runs, median(one[way].map((r) => r.requestsPerMinute))] as const),
        })),
      },
    ],
    aims: [
      ...aimsOf(seen),
      {
        aim: `${options.count} processes with a watcher: none of them asks Livy`,
        seen: `${apart(watched)}; without one: ${apart(alone)}`,
        met: watched.byWaiters === 0 && watched.ended === options.count && alone.ended === options.count,
      },
    ],
    notes: [
      'The server stands in for Livy and YARN in a process of its own, and all runs are young: they are looked at every 5 s where Livy alone is asked, which has YARN behind it, and every second where YARN is. ' +
        'Each figure is of one process that waits for all of them: CPU and requests over 15 s in which all run, memory at its highest, and then all of them end within 10 s, at times of their own. ' +
        'The loop for each run is what pylivy, Airflow’s hook and most scripts do: ask for the state, sleep 5 s, ask again. It is spared what theirs do besides: it is in Node, and keeps its connections.',
      `The processes wait for runs that are ten minutes old, each with the library and a ledger in a folder. The watcher is the \`watch\` function. They learn an end from the ledger, within half a minute of the watcher's word.`,
      ...missing,
    ],
  };
}

export const row: Row = { name: 'watching', question: 'What does it take to watch many runs?', place: 4, run };

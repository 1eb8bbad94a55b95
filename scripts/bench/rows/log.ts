/** How much of a driver's log is shown: where it is in a container of YARN's, and where Livy keeps the last 200 lines of it. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createLivywire, memoryLedger, type Run } from '../../../src/index.js';
import { down, packageRoot, up, type UpOptions } from '../../../src/local/index.js';
import { type FollowedLines, followLines } from '../../../test/helpers/lines.js';
import { ask } from '../../../test/helpers/livy-rest.js';
import type { Aim, Bench, Measure, Row } from '../row.js';
import { startStub } from '../watching/program.js';

const LINES = 1_000_000;
/** After each thousand. */
const PAUSE_S = 0.06;
const MOST_MB = 100;
/** At the pace of a busy job: each thousand is five times what Livy's ring holds. */
const RING = { lines: 20_000, pauseSeconds: 1 };
/** What pylivy and Airflow's hook ask for where nobody says more, and how often. */
const PEER = { size: 100, everyMs: 5_000 };
const PEERS = 'pylivy and LivyHook: Livy’s log, every 5 s';
const OURS = 'livywire';

/** Numbers of the job's lines in what Livy shows, looked at as the peers do until the signal comes. */
async function asPeers(livy: string, idOf: () => Promise<string | undefined>, signal: AbortSignal): Promise<number> {
  const seen = new Set<string>();
  for (let isLast = false; !isLast;) {
    isLast = signal.aborted;
    const id = await idOf();
    if (id !== undefined) {
      const { log = [] } = (await ask(`${livy}/batches/${id}/log?from=0&size=${PEER.size}`)) as { log?: string[] };
      for (const line of log) if (/^out \d+ of/.test(line)) seen.add(line);
    }
    if (!isLast) await delay(PEER.everyMs, undefined, { signal }).catch(() => undefined);
  }
  return seen.size;
}

/** The job's lines as our events bring them, and how many were said to be missing. */
async function ours(run: Run): Promise<{ readonly lines: number; readonly gaps: number; readonly repeated: number }> {
  const seen = new Set<string>();
  let [gaps, repeated] = [0, 0];
  for await (const event of run.events()) {
    if (event.type === 'gap') gaps += 1;
    if (event.type !== 'line' || !/^out \d+ of/.test(event.text)) continue;
    if (seen.has(event.text)) repeated += 1;
    seen.add(event.text);
  }
  return { lines: seen.size, gaps, repeated };
}

async function withServers<T>(
  bench: Bench,
  name: string,
  options: UpOptions,
  use: (instance: Awaited<ReturnType<typeof up>>) => Promise<T>,
) {
  const stateDir = join(bench.folder, name);
  try {
    return await use(await up({ ...options, stateDir }));
  } finally {
    await down({ stateDir });
  }
}

const share = (lines: number, of: number): readonly number[] => [(lines * 100) / of];
const rate = ({ stdoutLines, otherLines, seconds }: FollowedLines): number => (stdoutLines + otherLines) / seconds;
const above = ({ peakMiB, baselineMiB }: FollowedLines): number => ((peakMiB - baselineMiB) * 2 ** 20) / 1e6;

async function onYarn(bench: Bench): Promise<{ measures: readonly Measure[]; aims: readonly Aim[] }> {
  bench.say(`${LINES} lines in YARN cluster mode`);
  return withServers(bench, 'yarn', { yarn: true }, async (instance) => {
    const done = new AbortController();
    const theirs = asPeers(instance.url, async () => '0', done.signal);
    const { live, again } = await followLines(instance, { lines: LINES, pauseSeconds: PAUSE_S }).finally(() =>
      done.abort(),
    );
    const shown = await theirs;
    const when = { 'while it runs': live, 'after its end': again };
    const isWhole = Object.values(when).every(
      (one) =>
        one.stdoutLines === LINES && one.otherLines === LINES / 100 && one.wrong.length === 0 && one.gaps.length === 0,
    );
    const each = (of: (one: FollowedLines) => number) =>
      Object.entries(when).map(([name, one]) => ({ name: `${OURS}, ${name}`, samples: [of(one)] }));
    return {
      measures: [
        {
          title: 'Share of the lines that is shown, YARN cluster mode',
          unit: '%',
          better: 'more',
          subjects: [
            ...each((one) => (one.stdoutLines * 100) / LINES),
            { name: PEERS, samples: share(shown, LINES), note: 'it is spark-submit’s log there' },
          ],
        },
        { title: 'Lines a second', unit: 'lines/s', better: 'more', subjects: each(rate) },
        { title: 'Memory above what it had at the first line', unit: 'MB', subjects: each(above) },
      ],
      aims: [
        {
          aim: `${LINES.toLocaleString('en')} lines in YARN cluster mode come whole and in order, in less than ${MOST_MB} MB`,
          seen: `${live.stdoutLines.toLocaleString('en')} of them while it ran, ${again.stdoutLines.toLocaleString('en')} after; ${Math.round(Math.max(above(live), above(again)))} MB`,
          met: isWhole && Math.max(above(live), above(again)) < MOST_MB,
        },
      ],
    };
  });
}

async function overRing(
  bench: Bench,
  { url, file, lines, pauseSeconds }: { url: string; file: string; lines: number; pauseSeconds: number },
): Promise<{ measures: readonly Measure[]; aims: readonly Aim[] }> {
  bench.say(`${lines} lines over Livy's ring`);
  const lw = createLivywire({ url, ledger: memoryLedger() });
  try {
    const run = await lw.submit({ file, args: [String(lines), String(pauseSeconds)] });
    const done = new AbortController();
    const theirs = asPeers(url, async () => run.ref.id, done.signal);
    const seen = await ours(run).finally(() => done.abort());
    const shown = await theirs;
    const isSaid = seen.lines === lines || seen.gaps > 0;
    return {
      measures: [
        {
          title: 'Share of the lines that is shown, over Livy’s ring of 200',
          unit: '%',
          better: 'more',
          subjects: [
            { name: OURS, samples: share(seen.lines, lines), note: `says ${seen.gaps} times that lines are missing` },
            { name: PEERS, samples: share(shown, lines), note: 'says nothing of those that are missing' },
          ],
        },
      ],
      aims: [
        {
          aim: 'over Livy’s ring no line comes twice, and what Livy threw away is said to be missing',
          seen: `${seen.lines} of ${lines} lines, ${seen.repeated} twice, ${seen.gaps} gaps told; as the peers ask: ${shown}`,
          met: seen.repeated === 0 && isSaid && seen.lines >= shown,
        },
      ],
    };
  } finally {
    await lw.close();
  }
}

async function run(bench: Bench) {
  const file = join(packageRoot(), 'jobs/lines.py');
  const notes = [
    'The job writes numbered lines, so that each can be told from the others; livywire follows it from another process. In YARN cluster mode the driver writes into a container, and what Livy calls the log is spark-submit’s. ' +
      'Where Livy itself runs the driver it keeps the last 200 lines, so that of a job which writes a thousand at once nobody can have them all: the question is who says so. ' +
      'The peers’ share is what `GET /batches/{id}/log?from=0&size=100`, their question, shows every 5 s.',
  ];
  if (bench.short) {
    const stub = await startStub();
    try {
      return { ...(await overRing(bench, { url: stub.url, file: 's3://b/j.py', lines: 2, pauseSeconds: 0 })), notes };
    } finally {
      await stub.stop();
    }
  }
  const yarn = await onYarn(bench);
  const ring = await withServers(bench, 'ring', {}, ({ url }) => overRing(bench, { ...RING, url, file }));
  return { measures: [...yarn.measures, ...ring.measures], aims: [...yarn.aims, ...ring.aims], notes };
}

export const row: Row = { name: 'log', question: 'How much of the driver’s log is shown?', place: 7, run };

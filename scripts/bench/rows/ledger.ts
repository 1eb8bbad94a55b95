/** What keeping every run costs: a folder and S3, from a few runs to a year of them. */
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { s3Ledger } from '../../../src/aws/index.js';
import { Places } from '../../../src/aws/ledger/places.js';
import { type Ledger, type RunRecord } from '../../../src/core/index.js';
import { fileLedger } from '../../../src/run/index.js';
import { memoryLedger, testLivywire } from '../../../src/testing/index.js';
import { startLivyStub } from '../livy-stub.js';
import { findPeers, type Places as PeerPlaces } from '../peers.js';
import type { Aim, Bench, Measure, Row } from '../row.js';
import { type S3Stub, startS3Stub } from '../s3-stub.js';
import { median, samplesOf } from '../summary.js';
import { type Command, commandsInRounds } from '../whole-process.js';

const LONGEST_LS_MS = 300;
const PROCESSES = 8;
const NIGHT = 400;
const DAY_MS = 86_400_000;
const BUCKET = 's3://bench-bucket';

const sizes = (short: boolean) =>
  short
    ? { runs: 60, claims: 20, days: [1, 3], measured: 5, rounds: 1 }
    : { runs: 10_000, claims: 500, days: [25, 365], measured: 100, rounds: 11 };

/** A record as the engine leaves it when a run has ended well. */
async function endedRecord(): Promise<RunRecord> {
  const ledger = memoryLedger();
  const lw = testLivywire({ ledger });
  const run = await lw.submit({ file: 's3://jobs/etl.py', args: ['2026-11-01'] }, { key: 'template' });
  await run.wait();
  for await (const record of ledger.list()) return record;
  throw new Error('the engine left no record');
}

/** The same run under another key, at another time. */
function copyOf(record: RunRecord, i: number, { endpoint = '', stepMs = 60_000 } = {}): RunRecord {
  const key = `sales-${String(i).padStart(6, '0')}`;
  const at = Date.UTC(2026, 0, 1, 2) + i * stepMs;
  const shift = at - Date.parse(record.createdAt);
  const text = JSON.stringify({ ...record, key }).replaceAll(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, (time) =>
    JSON.stringify(new Date(Date.parse(JSON.parse(time) as string) + shift).toISOString()),
  );
  const copy = JSON.parse(
    endpoint === '' ? text : text.replaceAll(record.attempts[0]?.endpoint ?? '', endpoint),
  ) as RunRecord;
  return copy;
}

async function fill(ledger: Ledger, records: readonly RunRecord[]): Promise<void> {
  const left = [...records];
  const writer = async (): Promise<void> => {
    for (let record = left.pop(); record; record = left.pop()) await ledger.create(record);
  };
  await Promise.all(Array.from({ length: 16 }, writer));
}

/** How many keys two processes believe to have claimed, and how many nobody did; claims a second. */
async function claims(folder: string, record: RunRecord, count: number) {
  const claimer = fileURLToPath(new URL('../ledger-claimer.ts', import.meta.url));
  const started = performance.now();
  const all = await Promise.all(
    Array.from({ length: PROCESSES }, async () => {
      const args = ['--import=tsx', claimer, folder, String(count), JSON.stringify(record)];
      return JSON.parse((await execa(process.execPath, args)).stdout) as string[];
    }),
  );
  const won = all.flat();
  const perSecond = (PROCESSES * count * 1_000) / (performance.now() - started);
  return { twice: won.length - new Set(won).size, nobody: count - new Set(won).size, perSecond };
}

async function inFolder(bench: Bench, { bin }: PeerPlaces, record: RunRecord) {
  const { runs, claims: count, rounds } = sizes(bench.short);
  const [small, large] = [join(bench.folder, 'small'), join(bench.folder, 'large')];
  const stub = await startLivyStub();
  try {
    bench.say(`${runs} runs in a folder`);
    const all = Array.from({ length: runs }, (_, i) => copyOf(record, i, { endpoint: stub.url }));
    await fill(fileLedger(small), all.slice(0, 10));
    await fill(fileLedger(large), all);
    const command =
      (folder: string, ...words: readonly string[]) =>
      (): Command => ({
        command: process.execPath,
        args: [bin, ...words, '--ledger', folder],
        env: { XDG_CONFIG_HOME: bench.folder },
      });
    const attach = (folder: string) => command(folder, 'attach', 'sales-000005', '--url', stub.url, '--quiet');
    const n = runs.toLocaleString('en');
    const { wall, cpu } = await commandsInRounds(
      {
        'livywire ls, 10 runs': command(small, 'ls'),
        [`livywire ls, ${n} runs`]: command(large, 'ls'),
        'livywire attach to one that ended, 10 runs': attach(small),
        [`livywire attach to one that ended, ${n} runs`]: attach(large),
      },
      rounds,
    );
    const { twice, nobody, perSecond } = await claims(join(bench.folder, 'claims'), record, count);
    const ls: Measure = {
      title: 'A ledger in a folder: the whole process by the clock',
      unit: 'ms',
      subjects: wall,
      chart: true,
    };
    const measures: Measure[] = [
      ls,
      { title: 'The same, time of the processors', unit: 'ms', subjects: cpu },
      {
        title: `${PROCESSES} processes that claim the same ${count} keys in a folder`,
        unit: 'claims tried a second',
        better: 'more',
        subjects: [
          { name: 'livywire', samples: [perSecond], note: `${twice} keys claimed twice, ${nobody} by nobody` },
        ],
      },
    ];
    const took = median(samplesOf(ls, `livywire ls, ${n} runs`));
    const aims: Aim[] = [
      {
        aim: `ls of ${n} runs in a folder under ${LONGEST_LS_MS} ms, the whole process`,
        seen: `${Math.round(took)} ms`,
        met: took < LONGEST_LS_MS,
      },
      {
        aim: `no claim lost, ${PROCESSES} processes`,
        seen: `${twice} of ${count} keys claimed twice, ${nobody} by nobody`,
        met: twice + nobody === 0,
      },
    ];
    return { measures, aims };
  } finally {
    await stub.stop();
  }
}

/** The names that so many ended runs leave for lists, 400 a night. */
function endedNames(record: RunRecord, days: number): readonly string[] {
  const places = new Places('ledger');
  return Array.from({ length: days * NIGHT }, (_, i) => {
    const night = Math.floor(i / NIGHT);
    const one = copyOf(record, i, { stepMs: 0 });
    const at = new Date(Date.UTC(2026, 0, 1, 2) + night * DAY_MS + (i % NIGHT) * 10_000).toISOString();
    return places.endedAttempt({
      ...one,
      createdAt: at,
      attempts: one.attempts.map((attempt) => endedAt(attempt, at)),
    });
  });
}

function endedAt(attempt: RunRecord['attempts'][number], at: string): RunRecord['attempts'][number] {
  return { ...attempt, ...(attempt.outcome && { outcome: { ...attempt.outcome, knownAt: at } }) };
}

async function inS3(bench: Bench, { bin }: PeerPlaces, record: RunRecord, s3: S3Stub) {
  const { measured, rounds, days } = sizes(bench.short);
  bench.say('runs in S3');
  Object.assign(process.env, s3.env);
  const ledger = s3Ledger(`${BUCKET}/team`);
  await ledger.namespace();
  const lw = testLivywire({ ledger });
  await s3.asked();
  for (let i = 0; i < measured; i++) await (await lw.submit({ file: 's3://jobs/etl.py' }, { key: `run-${i}` })).wait();
  const perRun = Object.entries(await s3.asked()).map(([name, count]) => ({ name, samples: [count / measured] }));
  const total = perRun.reduce((sum, { samples: [one = 0] }) => sum + one, 0);
  const measures: Measure[] = [
    {
      title: 'A ledger in S3: requests of one run, from the submit to its end',
      unit: 'requests',
      subjects: [{ name: 'livywire, all of them', samples: [total] }, ...perRun],
    },
  ];
  const list: { readonly entries: string; readonly requests: number; readonly ms: readonly number[] }[] = [];
  for (const some of days) {
    const names = endedNames(record, some);
    await s3.fill(names);
    const ls = (): Command => ({
      command: process.execPath,
      args: [bin, 'ls', '--ledger', `${BUCKET}/ledger`],
      env: { ...s3.env, XDG_CONFIG_HOME: bench.folder },
    });
    await s3.asked();
    const { wall } = await commandsInRounds({ ls }, rounds);
    const asked = Object.values(await s3.asked()).reduce((sum, one) => sum + one, 0);
    const entries = names.length.toLocaleString('en');
    list.push({ entries, requests: asked / (rounds + 1), ms: samplesOf({ subjects: wall }, 'ls') });
  }
  measures.push(
    {
      title: 'livywire ls of a ledger in S3, the whole process by the clock',
      unit: 'ms',
      subjects: list.map(({ entries, ms }) => ({
        name: `livywire ls, ${entries} runs, ${NIGHT} a night`,
        samples: ms,
      })),
    },
    {
      title: 'Requests of one livywire ls of a ledger in S3',
      unit: 'requests',
      subjects: list.map(({ entries, requests }) => ({
        name: `livywire ls, ${entries} runs, ${NIGHT} a night`,
        samples: [requests],
      })),
    },
  );
  const aims: Aim[] = [
    {
      aim: 'requests to S3 for each run stated',
      seen: `${total.toFixed(1)}, and ${list.at(-1)?.requests.toFixed(1)} for a list after a year`,
      met: true,
    },
  ];
  return { measures, aims };
}

async function run(bench: Bench) {
  const places = await findPeers(bench);
  const record = await endedRecord();
  const folder = await inFolder(bench, places, record);
  const s3 = await startS3Stub();
  try {
    const bucket = await inS3(bench, places, record, s3);
    return {
      versions: { livywire: places.versions.livywire ?? '' },
      measures: [...folder.measures, ...bucket.measures],
      aims: [...folder.aims, ...bucket.aims],
      notes: [
        'None of the peers keeps its runs, so there is nobody to compare with. The records are those of a run that the engine led to its end, under other keys and times. ' +
          'S3 is a stand-in in memory that counts (scripts/bench/s3-stub-main.ts): the requests are those of the real code, the times have none of a network in them. ' +
          'The year is 146,000 names under `ended/`, put there as the ledger would have put them; `ls` shows the newest 50.',
      ],
    };
  } finally {
    await s3.stop();
  }
}

export const row: Row = { name: 'ledger', question: 'What does keeping every run cost?', place: 9, run };

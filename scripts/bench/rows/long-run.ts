/** What it costs to wait for a long job, and how late its end is known: simulated, with the state machine's own pace. */
import { CALL_MS, lengths, measure, type Row as Waited, SAMPLES, ways } from '../../orchestration/ways.js';
import type { Bench, Measure, Row, Subject } from '../row.js';

type Length = keyof typeof lengths;
const LENGTHS = Object.keys(lengths) as Length[];
const OURS = 'run-spark-job';
const FIXED = 'fixed 10 s loop';
const EVERY_S = 10;
/** Of the reads of who looks every ten seconds. */
const MOST_READS: Readonly<Record<Length, number>> = { '10 min': 1, '1 h': 0.3, '24 h': 0.02, '30 d': 0.02 };
const MOST_DELAY = 0.05;
/** One sees the end, and one fetches the outcome. */
const LAST_CALLS_S = (2 * CALL_MS) / 1_000;

/** Without the submit. */
const readsOf = ({ lambdaCalls }: Waited): number => Math.max(0, lambdaCalls - 1);

async function run({ short }: Bench) {
  const waited = new Map<string, Waited>();
  for (const way of Object.entries(ways))
    for (const length of Object.entries(lengths))
      waited.set(`${way[0]} ${length[0]}`, await measure(way, length, short ? 2 : SAMPLES));
  const of = (way: string, length: Length): Waited => {
    const one = waited.get(`${way} ${length}`);
    if (!one) throw new Error(`${way} was not measured`);
    return one;
  };
  const table = (length: Length, part: Pick<Measure, 'title' | 'unit'>, value: (one: Waited) => number): Measure => ({
    ...part,
    title: `${part.title}, a job of ${length}`,
    subjects: Object.keys(ways).map((way): Subject => {
      const one = of(way, length);
      const name = way === FIXED ? FIXED : `livywire, ${way}`;
      return one.ends
        ? { name, samples: [value(one)] }
        : { name, cannot: `its execution has no room for more after ${one.fullAfterH ?? 0} h` };
    }),
  });
  const share = (length: Length): number => (readsOf(of(OURS, length)) * EVERY_S) / lengths[length];
  const late = (length: Length): number => (of(OURS, length).delayMostS ?? Infinity) - LAST_CALLS_S;
  return {
    measures: LENGTHS.flatMap((length) => [
      table(length, { title: 'Calls of a function', unit: 'calls' }, ({ lambdaCalls }) => lambdaCalls),
      table(length, { title: 'State transitions', unit: 'transitions' }, ({ transitions }) => transitions),
      table(length, { title: 'The end is known after, at the most', unit: 's' }, ({ delayMostS = NaN }) => delayMostS),
    ]),
    curves: [
      {
        title: 'Reads of one run until its end is known',
        x: 'length of the job, minutes',
        y: 'reads',
        scale: 'log-log' as const,
        lines: [
          { name: OURS, points: LENGTHS.map((length) => [lengths[length] / 60, readsOf(of(OURS, length))] as const) },
          { name: 'every 10 s', points: LENGTHS.map((one) => [lengths[one] / 60, lengths[one] / EVERY_S] as const) },
        ],
      },
    ],
    aims: [
      ...LENGTHS.map((length) => ({
        aim: `a job of ${length}: at most ${MOST_READS[length] * 100} % of the reads of a fixed ${EVERY_S} s`,
        seen: `${readsOf(of(OURS, length))} reads, ${(share(length) * 100).toFixed(1)} %`,
        met: share(length) <= MOST_READS[length],
      })),
      {
        aim: '30 days within the history of one execution',
        seen: `${of(OURS, '30 d').executions} execution, ${of(OURS, '30 d').events} of 25,000 events`,
        met: of(OURS, '30 d').ends && of(OURS, '30 d').executions === 1,
      },
      {
        aim: `the end is known after at most 5 % of the run, and the ${LAST_CALLS_S} s of the two calls that tell it`,
        seen: LENGTHS.map(
          (one) => `${one}: mean ${of(OURS, one).delayMeanS ?? 0} s, most ${of(OURS, one).delayMostS ?? 0} s`,
        ).join('; '),
        met: LENGTHS.every((length) => late(length) <= MOST_DELAY * lengths[length]),
      },
    ],
    notes: [
      `Simulated: the state machines as they are deployed, in an interpreter that counts calls, transitions and events as Step Functions does, over ${SAMPLES} jobs of each length; a call takes ${CALL_MS} ms. ` +
        'A read is a call of the status function. The fixed loop is the published one: a wait of 10 s, a call, a choice. Its history of 25,000 events is full after some hours, and the execution fails while the job goes on. ' +
        '"By token" means that the execution rests until one watcher of all runs tells it the end: that watcher costs the same however many wait (row watching).',
    ],
  };
}

export const row: Row = { name: 'long-run', question: 'What does it cost to wait for a long job?', place: 5, run };

import { findTold, type Match, type Rule } from '../rule.js';
import type { View } from '../view.js';

const EARLY = /Shutdown hook called before final status was reported/;
const SIGNAL = /^RECEIVED SIGNAL (?:TERM|HUP)\b/;
/** What goes wrong in a driver that is going down. */
const SHUT_DOWN =
  /SparkContext was shut down|SparkContext has been shutdown|cannot call methods on a stopped SparkContext/i;
const CONNECTION = /Py4JNetworkError|Py4JError|ConnectionRefusedError|ConnectionResetError/;

/** The driver was taken away while it was at work. Who knows that it was for its memory, or for another queue, stands before. */
export const driverLost: Rule = {
  code: 'DRIVER_LOST',
  about: "The driver's machine was lost, or somebody outside of the job ended the driver by a signal.",
  transient: 'sometimes',
  next: [
    'Run it again: livywire run --retry-of failed, with the same key; --exit-retryable lets a scheduler do it',
    'See what became of the machine: spot, scaling down, or replaced; on EMR keep drivers on core nodes (yarn.node-labels, spark.yarn.am.nodeLabelExpression)',
  ],
  match: (view) => ofMachine(view) ?? ofSignal(view) ?? ofKill(view),
};

const ofMachine = (view: View): Match | undefined =>
  findTold(view, [
    // That its node was lost stands in the line below, in words that tell of lost executors as well.
    { says: /AM Container for appattempt_\S{1,60} exited with\s{1,3}exitCode: -100\b/, title: () => "The driver's machine was lost: YARN released its container", transient: true }, // prettier-ignore
    { says: /AM Container for appattempt_\S{1,60} exited with\s{1,3}exitCode: -10[16]\b/, title: () => "YARN gave up the driver's container, with the machine that it was on", transient: true }, // prettier-ignore
    { says: /(?:ApplicationMaster|AM) for attempt \S{1,60} timed out/, title: () => "YARN heard no more of the driver: its machine went away, or it hung", transient: true }, // prettier-ignore
  ]);

/** A node manager that ends a container sends it a SIGTERM first; the kernel that needs memory does not. */
function ofSignal(view: View): Match | undefined {
  const { verdict, lines, spoken, thrown } = view;
  if (verdict.kind !== 'failed') return undefined;
  const signal = lines.findLast(({ event, isJobs }) => event && !isJobs && SIGNAL.test(event.message));
  if (!signal) return undefined;
  const isCut = spoken.some(({ text }) => EARLY.test(text)) || verdict.masterExit === 143 || verdict.masterExit === 137;
  const isOnlyThat = thrown.every(({ type, message }) => SHUT_DOWN.test(message) || CONNECTION.test(type) || message === ''); // prettier-ignore
  if (!isCut && !isOnlyThat) return undefined;
  return {
    lines: [signal],
    place: 'none',
    title: 'The driver was told to stop by a signal (SIGTERM): by its machine, by YARN, or by somebody there',
    transient: true,
  };
}

/** The same whether the kernel needed its memory, its machine was cleaned up or somebody ran `kill -9`: seen. */
const ofKill = (view: View): Match | undefined =>
  findTold(view, [
    {
      says: /AM Container for appattempt_\S{1,60} exited with\s{1,3}exitCode: 137\b/,
      title: () => 'The driver was killed (SIGKILL, exit code 137), and nothing says by whom',
      transient: false,
      next: [
        'If its machine ran out of memory, as is most often so (dmesg there says): --conf spark.driver.memoryOverhead=2g, or --driver-memory',
        '…',
      ],
    },
  ]);

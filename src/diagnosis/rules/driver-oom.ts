import type { Line } from '../line.js';
import { findTold, type Match, type Rule } from '../rule.js';
import { isOwnWords, placeOf, type View } from '../view.js';

const OOM = /(?:^|[\s:"])java\.lang\.OutOfMemoryError(?:: .{0,160})?$/;
/** In the words of another exception. */
const HANDED_ON = /java\.lang\.OutOfMemoryError|Not enough memory to build and broadcast/;
const LARGER = 'Give the driver more: --driver-memory 8g (in the cluster also spark.driver.memoryOverhead)';
const LESS = 'Or bring less to it: no collect() or toPandas() of large results, no broadcast of large tables';

/** The driver's own memory: its heap, or the container around heap and Python. */
export const driverOom: Rule = {
  code: 'DRIVER_OOM',
  about: 'The driver ran out of its heap, or its container was killed for using more memory than it has.',
  transient: false,
  next: [LARGER, LESS],
  match: (view) => ofContainer(view) ?? ofEnding(view) ?? ofPython(view) ?? ofThread(view),
};

/** What YARN says of the application master's container, in which the driver is. */
const ofContainer = (view: View): Match | undefined =>
  findTold(view, [
    { says: /AM Container for appattempt_\S{1,60} exited with\s{1,3}exitCode: -10[34]\b/, title: () => `YARN killed the driver's container for its memory${limitIn(view)}` }, // prettier-ignore
    { says: /^.{0,120}[Cc]ontainer \[pid=\d{1,9},containerID=container_\w{1,60}_0{1,6}1\] is running .{0,60}beyond .{0,300}/, title: () => `YARN killed the driver's container for its memory${limitIn(view)}` }, // prettier-ignore
  ]);

function limitIn({ told }: View): string {
  for (const { text } of told) {
    const found = /[\d.]{1,12} ?[KMGT]?B of [\d.]{1,12} ?[KMGT]?B physical memory used/.exec(text);
    if (found) return `: ${found[0]}`;
  }
  return '';
}

/** An OutOfMemoryError that ended the driver, and is no executor's. */
function ofEnding(view: View): Match | undefined {
  for (const { throwables } of view.ending) {
    const thrown = throwables.find((one) => one.type.endsWith('OutOfMemoryError') || (!isOwnWords(one) && HANDED_ON.test(one.message))); // prettier-ignore
    const before = thrown ? throwables.slice(0, throwables.indexOf(thrown) + 1) : [];
    const task = before.find(({ role, line }) => role === 'task' && /Lost task/.test(line.text));
    const isLocal = view.lines.some(({ text }) => /Lost task .{0,120}executor driver\)/.test(text));
    if (thrown && (!task || isLocal)) return { thrown };
  }
  return undefined;
}

const ofPython = ({ thrown }: View): Match | undefined => {
  const found = thrown.find(({ type, role }) => type === 'MemoryError' && role === 'raised');
  return found && { thrown: found };
};

/** A thread of the driver's JVM died of it, and with it the driver: Python then only loses its connection. */
function ofThread(view: View): Match | undefined {
  if (view.verdict.kind === 'succeeded') return undefined;
  const isLost = view.thrown.some(({ type, message }) => /Py4JNetworkError|ConnectionRefusedError|ConnectionResetError|Py4JError/.test(type) || /Job \d{1,9} cancelled because SparkContext was shut down|SparkContext was shut down/.test(message)); // prettier-ignore
  if (!isLost && (view.thrown.length > 0 || view.verdict.kind === undefined)) return undefined;
  const line = view.lines.find((one) => isOfJvm(view, one));
  if (!line || isOfTask(view, line.source, line.index)) return undefined;
  const place = placeOf(view);
  const words = OOM.exec(line.text)?.[0]
    .replace(/^[\s:"]/, '')
    .replace('java.lang.', '');
  return {
    lines: [line],
    ...(words !== undefined && { title: words }),
    ...(place ? { place } : { place: 'none' as const }),
  };
}

/** Words that a JVM leaves; to stdout it writes none of its own but those above what it then does about it. */
function isOfJvm({ lines }: View, { source, index, text, event, isJobs }: Line): boolean {
  if (!OOM.test(event?.message ?? text) || /^Caused by|Lost task|TaskSetManager/.test(text)) return false;
  return !isJobs || lines.some((one) => one.source === source && one.index === index + 1 && /^#/.test(one.text));
}

/** Below an event that tells of a task or another process. */
const isOfTask = ({ bursts }: View, source: string, index: number): boolean =>
  bursts.some(
    (one) =>
      one.source === source &&
      index >= one.first &&
      index <= one.last &&
      /^(?:TaskSetManager)$/.test(one.event?.event?.logger ?? ''),
  );

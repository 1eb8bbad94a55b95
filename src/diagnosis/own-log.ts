import type { Line } from './line.js';

/** Who tells of a driver without being it. */
const OTHERS: ReadonlySet<string> = new Set(['yarn', 'livy-server']);
/** Of spark-submit in cluster mode, which hands the job over and is no driver. */
const LAUNCHERS: ReadonlySet<string> = new Set(['Client', 'YarnClientImpl']);
const DRIVERS: ReadonlySet<string> = new Set(['ApplicationMaster', 'YarnAllocator', 'YarnClusterScheduler', 'DAGScheduler', 'TaskSetManager', 'SparkEnv', 'SparkUI', 'MemoryStore', 'BlockManager', 'BlockManagerInfo', 'SignalUtils']); // prettier-ignore
const IN_CONTEXT: ReadonlySet<string> = new Set(['DAGScheduler', 'TaskSetManager', 'YarnClusterScheduler', 'BlockManagerInfo']); // prettier-ignore
const BEGUN =
  /^(?:Running Spark version|Submitted application: |Starting the user application|User application exited)/;

/**
 * Whether the driver itself wrote any of this. In cluster mode Livy's log is spark-submit's; and YARN says of each job in
 * Python that failed no more than that it ended with 1.
 */
export function hasDriverLog(lines: readonly Line[]): boolean {
  const written = lines.filter(({ source, text }) => !OTHERS.has(source) && text !== '');
  const loggers = new Set(written.flatMap(({ event }) => event?.logger ?? []));
  const isLaunchers = [...loggers].some((one) => LAUNCHERS.has(one));
  return (
    written.length > 0 && (!isLaunchers || [...loggers].some((one) => DRIVERS.has(one)) || written.some(isBeginning))
  );
}

/** The job had begun: what ended it came later. YARN quotes the last lines of its log. */
export const hasBegun = (lines: readonly Line[]): boolean =>
  lines.some((line) => isBeginning(line) || (line.event !== undefined && IN_CONTEXT.has(line.event.logger)));

const isBeginning = ({ event }: Line): boolean => event !== undefined && BEGUN.test(event.message);

/** The events of Spark's event log that a report needs, as Spark 2.4 to 4 write them. */
import * as z from 'zod/mini';

const count = z.catch(z.number().check(z.nonnegative()), 0);
const text = z.catch(z.string(), '');
const maybe = z.catch(z.optional(z.string()), undefined);
const time = z.pipe(
  z.catch(z.optional(z.number()), undefined),
  z.transform((ms: number | undefined) => (ms === 0 ? undefined : ms)),
);
const properties = z.catch(z.record(z.string(), text), {});
const key = { 'Stage ID': z.number(), 'Stage Attempt ID': count };

const StageInfo = z.object({
  ...key,
  'Stage Name': text,
  'Number of Tasks': count,
  'Submission Time': time,
  'Completion Time': time,
  'Failure Reason': maybe,
});

const Metrics = z.object({
  'Executor Run Time': count,
  'JVM GC Time': count,
  'Memory Bytes Spilled': count,
  'Disk Bytes Spilled': count,
  'Shuffle Read Metrics': z.catch(z.object({ 'Remote Bytes Read': count, 'Local Bytes Read': count }), {
    'Remote Bytes Read': 0,
    'Local Bytes Read': 0,
  }),
  'Shuffle Write Metrics': z.catch(z.object({ 'Shuffle Bytes Written': count }), { 'Shuffle Bytes Written': 0 }),
  'Input Metrics': z.catch(z.object({ 'Bytes Read': count, 'Records Read': count }), {
    'Bytes Read': 0,
    'Records Read': 0,
  }),
  'Output Metrics': z.catch(z.object({ 'Bytes Written': count, 'Records Written': count }), {
    'Bytes Written': 0,
    'Records Written': 0,
  }),
});

const TaskEnd = z.object({
  ...key,
  'Task End Reason': z.catch(z.object({ Reason: text }), { Reason: '' }),
  'Task Info': z.object({
    'Task ID': z.number(),
    Index: count,
    Attempt: count,
    'Launch Time': count,
    'Executor ID': text,
    Host: text,
    'Finish Time': count,
    Failed: z.catch(z.boolean(), false),
    Killed: z.catch(z.boolean(), false),
  }),
  /** Absent where the executor was lost. */
  'Task Metrics': z.catch(z.optional(Metrics), undefined),
});
export type TaskEnd = z.infer<typeof TaskEnd>;

/** Each event under the name that it has in the log. */
export const events = {
  SparkListenerLogStart: z.object({ 'Spark Version': maybe }),
  SparkListenerApplicationStart: z.object({
    'App Name': text,
    'App ID': text,
    Timestamp: time,
    'App Attempt ID': maybe,
  }),
  SparkListenerApplicationEnd: z.object({ Timestamp: time }),
  SparkListenerEnvironmentUpdate: z.object({ 'Spark Properties': properties }),
  SparkListenerBlockManagerAdded: z.object({
    'Block Manager ID': z.object({ 'Executor ID': z.string(), Host: text }),
    Timestamp: time,
  }),
  SparkListenerExecutorAdded: z.object({
    Timestamp: time,
    'Executor ID': z.string(),
    'Executor Info': z.object({ Host: text, 'Total Cores': count }),
  }),
  SparkListenerExecutorRemoved: z.object({ Timestamp: time, 'Executor ID': z.string(), 'Removed Reason': maybe }),
  SparkListenerJobStart: z.object({
    'Job ID': z.number(),
    'Submission Time': time,
    'Stage Infos': z.catch(z.array(StageInfo), []),
    Properties: properties,
  }),
  SparkListenerJobEnd: z.object({
    'Job ID': z.number(),
    'Completion Time': time,
    'Job Result': z.catch(z.object({ Result: text }), { Result: '' }),
  }),
  SparkListenerStageSubmitted: z.object({ 'Stage Info': StageInfo, Properties: properties }),
  SparkListenerStageCompleted: z.object({ 'Stage Info': StageInfo }),
  SparkListenerTaskStart: z.object({ ...key, 'Task Info': z.object({ 'Launch Time': count }) }),
  SparkListenerTaskEnd: TaskEnd,
  'org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart': z.object({
    executionId: z.number(),
    description: text,
    physicalPlanDescription: text,
    time,
  }),
  'org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd': z.object({
    executionId: z.number(),
    time,
    /** Spark 3.4 and later; empty where it succeeded. */
    errorMessage: maybe,
  }),
} as const;

export type EventName = keyof typeof events;
export type EventOf<N extends EventName> = z.infer<(typeof events)[N]>;
export type StageInfo = z.infer<typeof StageInfo>;

/** `{"Event":"…"` opens every line; what is not needed is not parsed, and that is most of a log's bytes. */
export function eventName(line: string): EventName | undefined {
  const name = /^\{"Event":"([\w.$]+)"/.exec(line.slice(0, 200))?.[1];
  return name !== undefined && Object.hasOwn(events, name) ? (name as EventName) : undefined;
}

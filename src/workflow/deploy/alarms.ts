import { clusterOf } from './cluster.js';
import {
  asProperties,
  clusterMetric,
  functionMetric,
  machineMetric,
  type Metric,
  ourMetric,
  queueMetric,
} from './metrics.js';
import type { Properties, Resource, Value } from './model.js';
import { type HandlerName, handlers } from './options.js';
import type { Stack } from './stack.js';

/** When something is worth telling. */
interface Alarm {
  readonly what: string;
  readonly metric: Metric | readonly Metric[];
  readonly statistic: 'Sum' | 'Maximum' | 'Minimum' | 'SampleCount';
  readonly above?: number;
  readonly below?: number;
  /** @defaultValue 300 */
  readonly seconds?: number;
  /** So many periods in a row. @defaultValue 1 */
  readonly periods?: number;
  /** Silence is an alarm as well. */
  readonly silence?: true;
}

/** A function that fails for its own sake. Of submit, whose error may be a job's, its own count is read instead. */
const QUIET: readonly HandlerName[] = handlers.filter((handler) => handler !== 'submit');

const HOUR = 3_600;

function alarmsOf(stack: Stack, hasFunctions: boolean): Readonly<Record<string, Alarm>> {
  const { oldestRunHours = 24 } = stack.options;
  const { id } = clusterOf(stack.options);
  return {
    ...(hasFunctions &&
      ({
        RunFailed: {
          what: 'A Spark job failed; the execution and livywire diagnose say why',
          metric: ourMetric(stack, 'Outcomes', { outcome: 'failed' }),
          statistic: 'Sum',
          above: 0,
        },
        RunLost: {
          what: 'Nobody knows how a run ended: everybody was asked',
          metric: ourMetric(stack, 'Outcomes', { outcome: 'lost' }),
          statistic: 'Sum',
          above: 0,
        },
        RunTooOld: {
          what: `A run is open for more than ${oldestRunHours} hours`,
          metric: ourMetric(stack, 'OldestRun'),
          statistic: 'Maximum',
          above: oldestRunHours * HOUR * 1_000,
        },
        WatcherSilent: {
          what: 'The watcher has told nothing for 15 minutes',
          metric: ourMetric(stack, 'OpenRuns'),
          statistic: 'SampleCount',
          below: 1,
          seconds: 900,
          silence: true,
        },
        SubmitFailed: {
          what: 'submit failed for its own sake, not for the job’s',
          metric: ourMetric(stack, 'Failures', { handler: 'submit' }),
          statistic: 'Sum',
          above: 0,
          periods: 3,
        },
        FunctionFailed: {
          what: 'status, cancel, diagnose or watch failed',
          metric: QUIET.map((handler) => functionMetric(handler, 'Errors')),
          statistic: 'Sum',
          above: 0,
          periods: 3,
        },
        FunctionThrottled: {
          what: 'A function was called more often than it may run',
          metric: handlers.map((handler) => functionMetric(handler, 'Throttles')),
          statistic: 'Sum',
          above: 0,
          periods: 3,
        },
      } satisfies Readonly<Record<string, Alarm>>)),
    ExecutionFailed: {
      what: 'An execution failed',
      metric: machineMetric('ExecutionsFailed'),
      statistic: 'Sum',
      above: 0,
    },
    ExecutionTimedOut: {
      what: 'An execution ran out of time',
      metric: machineMetric('ExecutionsTimedOut'),
      statistic: 'Sum',
      above: 0,
    },
    NotDelivered: {
      what: 'Events or calls came to nothing; they are in the queue',
      metric: queueMetric('ApproximateNumberOfMessagesVisible'),
      statistic: 'Maximum',
      above: 0,
    },
    ...(id !== undefined &&
      ({
        ClusterIdle: {
          what: 'The cluster has had no work for an hour, and costs money',
          metric: clusterMetric('IsIdle', id),
          statistic: 'Minimum',
          above: 0,
          periods: 12,
        },
        ContainersPending: {
          what: 'More than three containers wait for each that runs: the cluster is too small',
          metric: clusterMetric('ContainerPendingRatio', id),
          statistic: 'Minimum',
          above: 3,
          periods: 6,
        },
        AppsPending: {
          what: 'Applications have waited for half an hour',
          metric: clusterMetric('AppsPending', id),
          statistic: 'Minimum',
          above: 0,
          periods: 6,
        },
      } satisfies Readonly<Record<string, Alarm>>)),
  };
}

/** Each alarm tells the topic; so does its end where somebody waits for it. */
export function addAlarms(stack: Stack, topicArn: Value, hasFunctions: boolean): void {
  for (const [name, alarm] of Object.entries(alarmsOf(stack, hasFunctions)))
    stack.add({ [`${name}Alarm`]: resourceOf(stack, name, alarm, topicArn) });
}

const kebab = (name: string): string => name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

function resourceOf(stack: Stack, name: string, alarm: Alarm, topicArn: Value): Resource {
  const { what, above, below, periods = 1, silence } = alarm;
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: stack.name(`${stack.options.machine.name}-${kebab(name)}`),
      AlarmDescription: what,
      AlarmActions: [topicArn],
      ...measured(alarm),
      ComparisonOperator: below === undefined ? 'GreaterThanThreshold' : 'LessThanThreshold',
      Threshold: above ?? below ?? 0,
      EvaluationPeriods: periods,
      TreatMissingData: silence ? 'breaching' : 'notBreaching',
    },
  };
}

function measured({ metric, statistic, seconds = 300 }: Alarm): Properties {
  if ('name' in metric) return { ...asProperties(metric), Statistic: statistic, Period: seconds };
  const parts = metric.map((one, i) => ({
    Id: `m${i + 1}`,
    ReturnData: false,
    MetricStat: { Metric: asProperties(one), Stat: statistic, Period: seconds },
  }));
  return { Metrics: [...parts, { Id: 'all', Expression: 'SUM(METRICS())', Label: 'All functions', ReturnData: true }] };
}

import { clusterOf } from './cluster.js';
import { clusterMetric, functionMetric, machineMetric, type Metric, ourMetric, queueMetric } from './metrics.js';
import { intrinsicOf, mapValue, type Value } from './model.js';
import { type HandlerName, handlers } from './options.js';
import type { Stack } from './stack.js';

/** One picture. */
interface Picture {
  readonly title: string;
  readonly stat: 'Sum' | 'Maximum' | 'Average';
  readonly lines: readonly (Metric | { readonly search: string })[];
}

const [WIDTH, HEIGHT, PER_ROW] = [8, 6, 3] as const;

function pictures(stack: Stack, hasFunctions: boolean): readonly Picture[] {
  const { id } = clusterOf(stack.options);
  const each = (name: string): readonly Metric[] =>
    handlers.map((handler: HandlerName) => functionMetric(handler, name));
  const ofCluster = (name: string): Picture['lines'] => [
    id === undefined
      ? { search: `SEARCH('{AWS/ElasticMapReduce,JobFlowId} MetricName="${name}"', 'Maximum', 300)` }
      : clusterMetric(name, id),
  ];
  const runs: readonly Picture[] = [
    {
      title: 'How runs ended',
      stat: 'Sum',
      lines: ['succeeded', 'failed', 'cancelled', 'lost'].map((outcome) => ourMetric(stack, 'Outcomes', { outcome })),
    },
    { title: 'Runs in flight', stat: 'Maximum', lines: [ourMetric(stack, 'OpenRuns')] },
    { title: 'Age of the oldest (ms)', stat: 'Maximum', lines: [ourMetric(stack, 'OldestRun')] },
    {
      title: 'How long they took, and waited (ms)',
      stat: 'Average',
      lines: [ourMetric(stack, 'RunDuration'), ourMetric(stack, 'QueueDuration')],
    },
    { title: 'Errors of the functions', stat: 'Sum', lines: each('Errors') },
    { title: 'Throttles', stat: 'Sum', lines: each('Throttles') },
  ];
  return [
    ...(hasFunctions ? runs : []),
    {
      title: 'Executions',
      stat: 'Sum',
      lines: ['ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsFailed', 'ExecutionsTimedOut'].map(machineMetric),
    },
    { title: 'What came to nothing', stat: 'Maximum', lines: [queueMetric('ApproximateNumberOfMessagesVisible')] },
    { title: 'EMR: idle', stat: 'Maximum', lines: ofCluster('IsIdle') },
    {
      title: 'EMR: containers that wait, for each that runs',
      stat: 'Maximum',
      lines: ofCluster('ContainerPendingRatio'),
    },
    { title: 'EMR: applications that wait', stat: 'Maximum', lines: ofCluster('AppsPending') },
  ];
}

/** One dashboard: runs, functions, executions, the cluster. */
export function addDashboard(stack: Stack, hasFunctions: boolean): void {
  stack.add({
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardName: stack.name(stack.options.machine.name),
        DashboardBody: asText({
          widgets: pictures(stack, hasFunctions).map(({ title, stat, lines }, i) => ({
            type: 'metric',
            x: (i % PER_ROW) * WIDTH,
            y: Math.floor(i / PER_ROW) * HEIGHT,
            width: WIDTH,
            height: HEIGHT,
            properties: {
              title,
              stat,
              period: 300,
              region: { Ref: 'AWS::Region' },
              view: 'timeSeries',
              metrics: lines.map(line),
            },
          })),
        }),
      },
    },
  });
}

const line = (one: Picture['lines'][number]): Value =>
  'search' in one
    ? [{ expression: one.search }]
    : [one.namespace, one.name, ...Object.entries(one.dimensions).flatMap(([name, value]): Value[] => [name, value])];

/** A body is text: references in it become `${…}` of a `Fn::Sub`. */
function asText(body: Value): Value {
  const text = mapValue(body, (one) => {
    const made = intrinsicOf(one);
    if (made?.kind === 'ref') return `\${${made.name}}`;
    if (made?.kind === 'att') return `\${${made.name}.${made.attribute}}`;
    return made?.kind === 'sub' ? made.text : undefined;
  });
  return { 'Fn::Sub': JSON.stringify(text, undefined, 1) };
}

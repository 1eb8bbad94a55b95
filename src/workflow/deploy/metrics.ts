import { att, ref, type Properties, type Value } from './model.js';
import { functionName, serviceName } from './functions.js';
import { MACHINE } from './machine.js';
import type { HandlerName } from './options.js';
import type { Stack } from './stack.js';

/** One metric of CloudWatch. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, Value>>;
}

const ofAws = (namespace: string, name: string, dimensions: Metric['dimensions']): Metric => ({
  namespace,
  name,
  dimensions,
});

/** Of our own functions, as src/lambda writes them: `Outcomes`, `OldestRun`, `OpenRuns`, … */
export const ourMetric = (stack: Stack, name: string, more: Metric['dimensions'] = {}): Metric =>
  ofAws(stack.options.env?.POWERTOOLS_METRICS_NAMESPACE ?? 'livywire', name, {
    service: serviceName(stack, stack.options.machine.name),
    ...more,
  });

export const functionMetric = (handler: HandlerName, name: string): Metric =>
  ofAws('AWS/Lambda', name, { FunctionName: ref(functionName(handler)) });

export const machineMetric = (name: string): Metric => ofAws('AWS/States', name, { StateMachineArn: ref(MACHINE) });

export const queueMetric = (name: string): Metric =>
  ofAws('AWS/SQS', name, { QueueName: att('FailedQueue', 'QueueName') });

/** EMR tells its own every five minutes. */
export const clusterMetric = (name: string, id: string): Metric =>
  ofAws('AWS/ElasticMapReduce', name, { JobFlowId: id });

/** As an alarm has it. */
export const asProperties = ({ namespace, name, dimensions }: Metric): Properties => ({
  Namespace: namespace,
  MetricName: name,
  Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
});

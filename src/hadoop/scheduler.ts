import * as z from 'zod/mini';

const number = z.catch(z.optional(z.number()), undefined);
const text = z.catch(z.optional(z.string()), undefined);
const Resource = z.catch(z.optional(z.object({ memory: number })), undefined);

const WireQueue = z.object({
  queueName: z.string(),
  /** Hadoop 3.3 and later: `root.prod.etl`. */
  queuePath: text,
  state: text,
  // The capacity scheduler's, in percent of the cluster.
  absoluteUsedCapacity: number,
  absoluteMaxCapacity: number,
  // The fair scheduler's, in MB.
  maxResources: Resource,
  usedResources: Resource,
  clusterResources: Resource,
});

/** A queue as YARN's scheduler has it now. */
export interface Queue {
  readonly name: string;
  /** Of what it may use at most. */
  readonly usedPercent?: number;
  /** `RUNNING`, `STOPPED`, `DRAINING`; the fair scheduler has none. */
  readonly state?: string;
}

/** `GET /ws/v1/cluster/scheduler`, of the capacity, the fair or the FIFO scheduler: every queue that it lists. */
export function queuesOf(answer: unknown): readonly Queue[] {
  const read = z.object({ scheduler: z.object({ schedulerInfo: z.unknown() }) }).safeParse(answer);
  if (!read.success) return [];
  const info = read.data.scheduler.schedulerInfo;
  const fifo = z.object({ type: z.literal('fifoScheduler'), usedCapacity: number, qstate: text }).safeParse(info);
  if (!fifo.success) return below(info);
  const { usedCapacity, qstate } = fifo.data;
  return [queue('default', usedCapacity && usedCapacity * 100, qstate)];
}

/** The one that an application names: by its path, or its last part. */
export function queueNamed(queues: readonly Queue[], name: string): Queue | undefined {
  const leaf = (path: string) => path.replace(/^.*\./, '');
  return queues.find((one) => one.name === name) ?? queues.findLast((one) => leaf(one.name) === leaf(name));
}

function below(node: unknown): Queue[] {
  const own = WireQueue.safeParse(node);
  const children = z
    .object({
      rootQueue: z.optional(z.unknown()),
      queues: z.optional(z.unknown()),
      childQueues: z.optional(z.unknown()),
    })
    .safeParse(node);
  const nested = children.success
    ? [children.data.rootQueue, ...listOf(children.data.queues), ...listOf(children.data.childQueues)]
    : [];
  return [
    ...(own.success ? [toQueue(own.data)] : []),
    ...nested.flatMap((one) => (one === undefined ? [] : below(one))),
  ];
}

/** `{"queue":[…]}`, `{"queue":{…}}`, or `[…]` as the fair scheduler of Hadoop 2 has it. */
function listOf(queues: unknown): unknown[] {
  if (Array.isArray(queues)) return queues as unknown[];
  const read = z.object({ queue: z.unknown() }).safeParse(queues);
  if (!read.success) return [];
  return Array.isArray(read.data.queue) ? (read.data.queue as unknown[]) : [read.data.queue];
}

function toQueue(wire: z.infer<typeof WireQueue>): Queue {
  const { absoluteUsedCapacity, absoluteMaxCapacity = 100, usedResources, maxResources, clusterResources } = wire;
  const name = wire.queuePath ?? wire.queueName;
  if (absoluteUsedCapacity !== undefined) {
    // What the whole cluster has may be 0: then nothing can be said of a share.
    const share = absoluteMaxCapacity > 0 ? (absoluteUsedCapacity / absoluteMaxCapacity) * 100 : undefined;
    return queue(name, share, wire.state);
  }
  const most = Math.min(maxResources?.memory ?? Infinity, clusterResources?.memory ?? Infinity);
  const used = usedResources?.memory;
  return queue(name, used !== undefined && most > 0 && most < Infinity ? (used / most) * 100 : undefined, wire.state);
}

const queue = (name: string, usedPercent: number | undefined, state: string | undefined): Queue => ({
  name,
  ...(usedPercent !== undefined && { usedPercent: Math.round(usedPercent) }),
  ...(state !== undefined && { state }),
});

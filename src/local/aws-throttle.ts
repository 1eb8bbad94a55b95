import { type Clock, systemClock } from '../core/index.js';
import { type AwsCall, nameOf } from './aws-call.js';

/** EMR's API rates: how many calls at once, and how many more each second. */
const rates: Readonly<Record<string, readonly [burst: number, perSecond: number]>> = {
  AddJobFlowSteps: [10, 0.5],
  DescribeStep: [10, 0.5],
  ListSteps: [10, 0.5],
  ListInstances: [10, 0.5],
  CancelSteps: [10, 0.5],
  DescribeCluster: [10, 1],
  ListClusters: [10, 0.5],
  GetClusterSessionCredentials: [5, 0.5],
};
/** All calls of the account together. */
const overall = [25, 25] as const;

/** Lets calls of the EMR API through at AWS's rates, each action with a bucket of its own. Off until it is switched on. */
export class Throttle {
  isOn = false;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Whether this call has to be refused. */
  refuses(call: AwsCall): boolean {
    if (!this.isOn || call.service !== 'elasticmapreduce') return false;
    const rate = rates[call.action];
    const isOver = !this.#take('all', overall) || (rate !== undefined && !this.#take(nameOf(call), rate));
    return isOver;
  }

  #take(name: string, [burst, perSecond]: readonly [number, number]): boolean {
    const now = this.#clock.now();
    const bucket = this.#buckets.get(name) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1_000) * perSecond);
    bucket.at = now;
    this.#buckets.set(name, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }
}

import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type Clock, systemClock } from '../core/index.js';
import { ACCOUNT, REGION } from './aws-access.js';

/** A rule of EventBridge for new objects, with a state machine as its target, in EventBridge's own words. */
export const objectRule = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,40}$/),
  bucket: z.string(),
  /** What an object's key has to begin with. */
  prefix: z.string().default(''),
  stateMachineArn: z.string(),
  inputTransformer: z.strictObject({
    /** `{ "key": "$.detail.object.key" }` */
    inputPathsMap: z.record(z.string(), z.string().regex(/^\$(\.[\w-]+)+$/)).default({}),
    /** Text of JSON with `<name>` for what a path gives. */
    inputTemplate: z.string(),
  }),
});
export type ObjectRule = z.infer<typeof objectRule>;

export interface NewObject {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
}

/** The part of S3 and EventBridge that tells of new objects: each rule that fits starts an execution. */
export class ObjectEvents {
  readonly #rules = new Map<string, ObjectRule>();
  readonly #start: (machine: string, name: string, input: unknown) => Promise<unknown>;
  readonly #clock: Clock;
  #sequence = 0;

  constructor(start: (machine: string, name: string, input: unknown) => Promise<unknown>, clock: Clock = systemClock) {
    this.#start = start;
    this.#clock = clock;
  }

  put(rule: ObjectRule): void {
    this.#rules.set(rule.name, rule);
  }

  /** Whether any rule is there at all. */
  get isOn(): boolean {
    return this.#rules.size > 0;
  }

  async tell(object: NewObject): Promise<void> {
    const event = this.#event(object);
    const fitting = [...this.#rules.values()].filter(
      ({ bucket, prefix }) => bucket === object.bucket && object.key.startsWith(prefix),
    );
    for (const { name, stateMachineArn, inputTransformer } of fitting) {
      await this.#start(stateMachineArn, `${name}-${randomUUID()}`, transformed(inputTransformer, event));
    }
  }

  #event({ bucket, key, size, etag }: NewObject): unknown {
    const sequencer = (++this.#sequence).toString(16).toUpperCase().padStart(18, '0');
    return {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Object Created',
      source: 'aws.s3',
      account: ACCOUNT,
      time: new Date(this.#clock.now()).toISOString(),
      region: REGION,
      resources: [`arn:aws:s3:::${bucket}`],
      detail: {
        version: '0',
        bucket: { name: bucket },
        object: { key, size, etag, sequencer },
        'request-id': randomUUID(),
        requester: ACCOUNT,
        reason: 'PutObject',
      },
    };
  }
}

/** The target's input: EventBridge puts text into text as it is in JSON, and leaves quotes to the template. */
function transformed({ inputPathsMap, inputTemplate }: ObjectRule['inputTransformer'], event: unknown): unknown {
  const text = inputTemplate.replace(/<([\w-]+)>/g, (whole, name: string) => {
    const path = Object.hasOwn(inputPathsMap, name) ? inputPathsMap[name] : undefined;
    if (path === undefined) return whole;
    let value: unknown = event;
    for (const step of path.split('.').slice(1)) value = (value as Record<string, unknown> | undefined)?.[step];
    const json = JSON.stringify(value ?? null);
    return typeof value === 'string' ? json.slice(1, -1) : json;
  });
  return JSON.parse(text) as unknown;
}

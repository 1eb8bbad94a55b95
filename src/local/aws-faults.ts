import * as z from 'zod';
import { type AwsError, errorFor } from './aws-answer.js';
import { type AwsCall, nameOf } from './aws-call.js';

export const faultSchema = z.strictObject({
  /** `s3:PutObject`, `elasticmapreduce:*`, `*`. */
  action: z.string().min(1),
  /** `AccessDenied`, `ExpiredToken`, `Throttling`, `InternalError`, or any code that a service has. */
  error: z.string().min(1),
  /** Instead of the service's usual words. */
  message: z.string().optional(),
  /** How many calls it hits. @defaultValue all until it is taken away */
  times: z.int().positive().optional(),
  /** Only S3 resources that start with this, as `/bucket/prefix`. */
  resource: z.string().optional(),
  /** Answer only after the call has been carried out, so that the caller does not know of it: a lost reply. */
  after: z.boolean().optional(),
});
export type Fault = z.infer<typeof faultSchema>;

/** The errors that a test asked for. */
export class Faults {
  #left: { readonly fault: Fault; times: number }[] = [];

  add(fault: Fault): void {
    this.#left.push({ fault, times: fault.times ?? Infinity });
  }

  clear(): void {
    this.#left = [];
  }

  /** The error that this call gets, if any; counted as given. */
  take(call: AwsCall): { readonly error: AwsError; readonly after: boolean } | undefined {
    const hit = this.#left.find(({ fault, times }) => times > 0 && matches(fault, call));
    if (hit === undefined) return undefined;
    hit.times--;
    return { error: errorFor(hit.fault.error, call, hit.fault.message), after: hit.fault.after ?? false };
  }
}

const matches = ({ action, resource = '' }: Fault, call: AwsCall): boolean =>
  (action === '*' || action === nameOf(call) || action === `${call.service}:*`) &&
  readable(call.resource).startsWith(resource);

/** As people write it: `/bucket/day=1`, which goes over the wire as `day%3D1`. */
function readable(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

import * as z from 'zod';
import { overlaySchema } from './aws-clusters.js';
import { type ObjectEvents, objectRule } from './aws-events.js';
import type { Emr } from './aws-emr.js';
import { type Faults, faultSchema } from './aws-faults.js';
import type { LogPush } from './aws-log-push.js';
import type { Throttle } from './aws-throttle.js';
import { deployedFunction } from './lambda-function.js';
import type { LambdaHost } from './lambda-host.js';

/** No bucket's name starts so. */
export const CONTROL = '/_livywire/';

export interface Controlled {
  readonly emr: Emr;
  readonly faults: Faults;
  readonly throttle: Throttle;
  readonly logs: LogPush;
  readonly lambda: LambdaHost;
  readonly events: ObjectEvents;
  /** How often each call was made. */
  readonly calls: Map<string, number>;
}

const throttleSchema = z.strictObject({ on: z.boolean() });
const logsSchema = z.strictObject({ delayMs: z.number().min(0) });
const credentialsSchema = z.strictObject({ lifetimeMs: z.number().positive() });

/** What a test may ask of the local AWS. @returns the answer; `undefined` where there is no such address */
export function control(parts: Controlled, method: string, path: string, body: unknown): unknown {
  const { emr, faults, throttle, logs, lambda, events, calls } = parts;
  const [what = '', id = ''] = path.slice(CONTROL.length).split('/');
  switch (`${method} ${what}`) {
    case 'POST faults':
      faults.add(faultSchema.parse(body));
      return {};
    case 'DELETE faults':
      faults.clear();
      return {};
    case 'POST throttle':
      throttle.isOn = throttleSchema.parse(body).on;
      return {};
    case 'POST clusters':
      emr.lay(id, overlaySchema.parse(body));
      return {};
    case 'POST logs':
      logs.delayMs = logsSchema.parse(body).delayMs;
      return {};
    case 'POST credentials':
      emr.credentialsMs = credentialsSchema.parse(body).lifetimeMs;
      return {};
    case 'PUT functions':
      lambda.put(deployedFunction.parse(body));
      return {};
    case 'PUT rules':
      events.put(objectRule.parse(body));
      return {};
    case 'POST kill':
      return { killed: lambda.kill(id) };
    case 'GET calls':
      return Object.fromEntries(calls);
    case 'DELETE calls':
      calls.clear();
      return {};
    default:
      return undefined;
  }
}

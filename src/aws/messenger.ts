import { type CallOptions, missingPackage, once } from '../core/index.js';
import { createNetwork } from '../http/index.js';
import { awsErrorName, explainAwsError } from './explain-error.js';
import type { AwsSettings } from './settings.js';

/** `gone`: nobody waits for it any more; its execution was stopped, timed out, or has been told already. */
export type Told = 'told' | 'gone';

/** One event for a bus of EventBridge. */
export interface BusEvent {
  /** The name of the bus, or its ARN. */
  readonly bus: string;
  readonly source: string;
  readonly type: string;
  /** ISO 8601. */
  readonly at: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Tells others at AWS how runs end. */
export interface Messenger {
  /** Completes a task of Step Functions that waits for its token. IAM: `states:SendTaskSuccess` */
  succeed(token: string, output: unknown, options?: CallOptions): Promise<Told>;
  /** Fails it. IAM: `states:SendTaskFailure` */
  fail(token: string, why: { readonly error: string; readonly cause: string }, options?: CallOptions): Promise<Told>;
  /** Says that its run goes on. IAM: `states:SendTaskHeartbeat` */
  beat(token: string, options?: CallOptions): Promise<Told>;
  /** IAM: `events:PutEvents` on the bus. @throws Error where the bus did not take it */
  publish(event: BusEvent, options?: CallOptions): Promise<void>;
  close(): void;
}

/** What Step Functions answers of a token that is of no use any more. */
const GONE: ReadonlySet<string | undefined> = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);
/** Of what Step Functions takes, in characters. */
const LONGEST_ERROR = 256;
const LONGEST_CAUSE = 32_768;

/** Each service's client is loaded when it is first needed. Needs `@aws-sdk/client-sfn`, and for a bus `@aws-sdk/client-eventbridge`. */
export function messenger(settings: AwsSettings): Messenger {
  const network = createNetwork(settings.proxyEnv ? { env: settings.proxyEnv } : {});
  const given = { ...settings, network };
  const lacking = (name: string) => (error: unknown) => {
    throw missingPackage(error, name, { who: 'To tell how a run ended', field: name });
  };
  const steps = once(async () => {
    const sdk = await import('./sdk/sfn-client.js').catch(lacking('@aws-sdk/client-sfn'));
    return { sdk, client: sdk.sfnClient(given) };
  });
  const events = once(async () => {
    const sdk = await import('./sdk/eventbridge-client.js').catch(lacking('@aws-sdk/client-eventbridge'));
    return { sdk, client: sdk.eventBridgeClient(given) };
  });
  const tell = async (action: string, sending: Promise<unknown>, { signal }: CallOptions = {}): Promise<Told> => {
    try {
      await sending;
      return 'told';
    } catch (error) {
      signal?.throwIfAborted();
      if (GONE.has(awsErrorName(error))) return 'gone';
      throw explainAwsError(error, {
        service: 'Step Functions',
        doing: 'a task cannot be told how its run is',
        action,
      });
    }
  };
  const within = ({ signal }: CallOptions = {}) => (signal ? { abortSignal: signal } : {});
  return {
    async succeed(taskToken, output, options) {
      const { sdk, client } = await steps();
      const command = new sdk.SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) });
      return tell('states:SendTaskSuccess', client.send(command, within(options)), options);
    },
    async fail(taskToken, { error, cause }, options) {
      const { sdk, client } = await steps();
      const why = { error: error.slice(0, LONGEST_ERROR), cause: cause.slice(0, LONGEST_CAUSE) };
      const command = new sdk.SendTaskFailureCommand({ taskToken, ...why });
      return tell('states:SendTaskFailure', client.send(command, within(options)), options);
    },
    async beat(taskToken, options) {
      const { sdk, client } = await steps();
      const command = new sdk.SendTaskHeartbeatCommand({ taskToken });
      return tell('states:SendTaskHeartbeat', client.send(command, within(options)), options);
    },
    async publish({ bus, source, type, at, detail }, options) {
      const { sdk, client } = await events();
      const entry = {
        EventBusName: bus,
        Source: source,
        DetailType: type,
        Time: new Date(at),
        Detail: JSON.stringify(detail),
      };
      const question = {
        service: 'EventBridge',
        doing: `the bus ${bus} cannot be told how a run ended`,
        action: 'events:PutEvents',
        field: 'LIVYWIRE_EVENT_BUS',
      };
      const { Entries: [answer] = [] } = await client
        .send(new sdk.PutEventsCommand({ Entries: [entry] }), within(options))
        .catch((error: unknown) => {
          options?.signal?.throwIfAborted();
          throw explainAwsError(error, question);
        });
      if (answer?.EventId === undefined) {
        const refused = Object.assign(new Error(answer?.ErrorMessage ?? 'it took no event'), {
          name: answer?.ErrorCode ?? 'Error',
        });
        throw explainAwsError(refused, question);
      }
    },
    close: () => network.close(),
  };
}

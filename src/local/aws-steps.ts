import { randomInt } from 'node:crypto';
import * as z from 'zod';
import { type Clock, systemClock } from '../core/index.js';
import { CallRefused } from './aws-answer.js';

const stepSchema = z.looseObject({
  Name: z.string().max(256),
  ActionOnFailure: z.enum(['TERMINATE_JOB_FLOW', 'TERMINATE_CLUSTER', 'CANCEL_AND_WAIT', 'CONTINUE']).optional(),
  HadoopJarStep: z.looseObject({
    Jar: z.string(),
    MainClass: z.string().optional(),
    Args: z.array(z.string()).optional(),
    Properties: z.array(z.object({ Key: z.string(), Value: z.string() })).optional(),
  }),
  StepMonitoringConfiguration: z
    .looseObject({ S3MonitoringConfiguration: z.looseObject({ LogUri: z.string().optional() }).optional() })
    .optional(),
});
export type StepConfig = z.infer<typeof stepSchema>;

export type StepState = 'PENDING' | 'CANCEL_PENDING' | 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED' | 'INTERRUPTED';

/** How the work of a step ended. */
export type StepEnd = { readonly ok: true } | { readonly ok: false; readonly message?: string };

/** The work of a step while it goes on. */
export interface StepWork {
  readonly end: Promise<StepEnd>;
  stop(how: 'SEND_INTERRUPT' | 'TERMINATE_PROCESS'): void;
}

export interface Step {
  readonly id: string;
  readonly config: StepConfig;
  readonly role: string | undefined;
  readonly createdAt: number;
  /** The folder in S3 that its logs go to. */
  readonly logUri: string | undefined;
  state: StepState;
  startedAt?: number;
  endedAt?: number;
  message?: string;
  /** YARN's name for what it started. */
  appId?: string;
  work?: StepWork;
}

export interface StepQueueOptions {
  readonly clusterId: string;
  readonly logUri: string | undefined;
  readonly concurrency: () => number;
  readonly limit: () => number;
  readonly run: (step: Step) => StepWork;
  /** A step failed whose ActionOnFailure ends the cluster. */
  readonly onTerminate: () => void;
  readonly clock?: Clock;
}

/** HadoopJarStep's strings together; AWS refuses more. */
const longest = 10_240;

/** The steps of one cluster, in the order they came. */
export class StepQueue {
  readonly #options: StepQueueOptions;
  readonly #clock: Clock;
  readonly #steps: Step[] = [];

  constructor(options: StepQueueOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** All of them or none. @returns their ids @throws CallRefused */
  add(configs: unknown, role?: string): string[] {
    const parsed = z.array(stepSchema).min(1).max(256).safeParse(configs);
    if (!parsed.success) throw new CallRefused('ValidationException', z.prettifyError(parsed.error));
    const { concurrency, limit, clusterId } = this.#options;
    for (const { HadoopJarStep: jar, ActionOnFailure: action = 'TERMINATE_CLUSTER' } of parsed.data) {
      const strings = [jar.Jar, jar.MainClass ?? '', ...(jar.Args ?? [])];
      const properties = (jar.Properties ?? []).flatMap(({ Key, Value }) => [Key, Value]);
      const length = [...strings, ...properties].reduce((sum, text) => sum + text.length, 0);
      if (length > longest) {
        throw new CallRefused(
          'ValidationException',
          `The total length of the strings in HadoopJarStep is ${length}; it must not be over ${longest} characters.`,
        );
      }
      if (concurrency() > 1 && action !== 'CONTINUE') {
        throw new CallRefused(
          'ValidationException',
          `ActionOnFailure ${action} is not valid for a cluster whose StepConcurrencyLevel is greater than 1.`,
        );
      }
    }
    const active = this.#steps.filter(({ state }) => ['PENDING', 'RUNNING', 'CANCEL_PENDING'].includes(state));
    if (active.length + parsed.data.length > limit()) {
      throw new CallRefused(
        'ValidationException',
        `Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel_Pending') for cluster exceeded.`,
      );
    }
    const added = parsed.data.map((config): Step => {
      const id = `s-${newId()}`;
      const base = config.StepMonitoringConfiguration?.S3MonitoringConfiguration?.LogUri ?? this.#options.logUri;
      const logUri = base && `${base.replace(/\/*$/, '')}/${clusterId}/steps/${id}/`;
      return { id, config, role, logUri, state: 'PENDING', createdAt: this.#clock.now() };
    });
    this.#steps.push(...added);
    // Not at once: the caller reads the answer first, and a step is seen pending.
    setImmediate(() => this.#next());
    return added.map(({ id }) => id);
  }

  /** Newest first, as EMR lists them. */
  list(): readonly Step[] {
    return [...this.#steps].reverse();
  }

  /** @throws CallRefused when there is none */
  get(id: string): Step {
    const found = this.#steps.find((step) => step.id === id);
    if (found === undefined) throw new CallRefused('InvalidRequestException', `Step id '${id}' is not valid.`);
    return found;
  }

  /** As at AWS: what the step started at YARN goes on. */
  cancel(id: string, how: 'SEND_INTERRUPT' | 'TERMINATE_PROCESS'): { readonly ok: boolean; readonly reason?: string } {
    const step = this.#steps.find((one) => one.id === id);
    if (step === undefined) return { ok: false, reason: `Step ${id} does not exist.` };
    if (step.state === 'PENDING') {
      this.#end(step, 'CANCELLED');
      return { ok: true };
    }
    if (step.state !== 'RUNNING') return { ok: false, reason: `Cannot cancel a step in state ${step.state}.` };
    step.state = 'CANCEL_PENDING';
    step.work?.stop(how);
    return { ok: true };
  }

  /** The cluster goes away: nothing starts any more, and what runs is stopped. */
  close(): void {
    for (const step of this.#steps) {
      if (step.state === 'PENDING') this.#end(step, 'CANCELLED');
      else if (step.state === 'RUNNING' || step.state === 'CANCEL_PENDING') {
        step.work?.stop('TERMINATE_PROCESS');
        this.#end(step, 'INTERRUPTED');
      }
    }
  }

  /** Starts what may start; also to be called when the concurrency was raised. */
  next(): void {
    this.#next();
  }

  #next(): void {
    for (const step of this.#steps) {
      const running = this.#steps.filter(({ state }) => state === 'RUNNING' || state === 'CANCEL_PENDING').length;
      if (running >= this.#options.concurrency()) return;
      if (step.state === 'PENDING') this.#start(step);
    }
  }

  #start(step: Step): void {
    step.state = 'RUNNING';
    step.startedAt = this.#clock.now();
    step.work = this.#options.run(step);
    void step.work.end
      .catch((error: unknown): StepEnd => ({ ok: false, message: String(error) }))
      .then((end) => {
        this.#settle(step, end);
        this.#next();
      });
  }

  #settle(step: Step, end: StepEnd): void {
    if (step.state === 'CANCEL_PENDING') this.#end(step, 'CANCELLED');
    if (step.state !== 'RUNNING') return; // the cluster is gone
    if (end.ok) {
      this.#end(step, 'COMPLETED');
      return;
    }
    if (end.message !== undefined) step.message = end.message;
    this.#end(step, 'FAILED');
    const { ActionOnFailure: action = 'TERMINATE_CLUSTER' } = step.config;
    if (this.#options.concurrency() > 1 || action === 'CONTINUE') return;
    if (action === 'CANCEL_AND_WAIT') {
      for (const one of this.#steps) if (one.state === 'PENDING') this.#end(one, 'CANCELLED');
    } else {
      this.close();
      this.#options.onTerminate();
    }
  }

  #end(step: Step, state: StepState): void {
    step.state = state;
    step.endedAt = this.#clock.now();
  }
}

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const newId = (): string => Array.from({ length: 13 }, () => letters[randomInt(letters.length)]).join('');

/** A step as `DescribeStep` and `ListSteps` show it. */
export function stepView(step: Step): Record<string, unknown> {
  const { id, config, role, state, logUri, appId } = step;
  const { Jar, MainClass, Args = [], Properties = [] } = config.HadoopJarStep;
  const at = (name: string, time: number | undefined): Record<string, number> =>
    time === undefined ? {} : { [name]: time / 1_000 };
  return {
    Id: id,
    Name: config.Name,
    Config: {
      Jar,
      Args,
      Properties: Object.fromEntries(Properties.map(({ Key, Value }) => [Key, Value])),
      ...(MainClass !== undefined && { MainClass }),
    },
    ActionOnFailure: config.ActionOnFailure ?? 'TERMINATE_CLUSTER',
    Status: {
      State: state,
      StateChangeReason: {},
      ...(state === 'FAILED' && {
        FailureDetails: {
          Reason: 'Unknown Error.',
          ...(step.message !== undefined && { Message: step.message }),
          ...(logUri !== undefined && { LogFile: `${logUri}stderr.gz` }),
        },
      }),
      Timeline: {
        ...at('CreationDateTime', step.createdAt),
        ...at('StartDateTime', step.startedAt),
        ...at('EndDateTime', step.endedAt),
      },
    },
    ...(role !== undefined && { ExecutionRoleArn: role }),
    ...(appId !== undefined && { AdditionalInfo: { ResourceManagerApplicationIds: [appId] } }),
  };
}

import {
  CancelJobRunCommand,
  type EMRServerlessClient,
  GetDashboardForJobRunCommand,
  GetJobRunCommand,
  type JobRun,
  type JobRunSummary,
  ListJobRunsCommand,
  StartJobRunCommand,
} from '@aws-sdk/client-emr-serverless';
import {
  type AttemptPlan,
  type Backend,
  type BackendParts,
  BadAnswerError,
  type CallOptions,
  clusterEndpoint,
  ConfigError,
  type JobSpec,
  redactText,
  type RunRef,
  type RunState,
  type RunStatus,
  type StartAnswer,
} from '../../core/index.js';
import { awsErrorName, explainAwsError } from '../explain-error.js';
import { readStartFailure } from '../steps/step-answer.js';
import { attemptNameIn, stepName } from '../steps/step-name.js';
import { checkForServerless, jobDriver } from './job-driver.js';

export interface ServerlessBackendOptions extends BackendParts {
  readonly client: EMRServerlessClient;
  /** For StartJobRun: sends each request once. */
  readonly clientOnce: EMRServerlessClient;
  readonly applicationId: string;
  readonly region: string;
  /** ARN of the role that jobs run as; needed to start one. */
  readonly executionRole?: string | undefined;
  /** Where the logs go, in place of what the application says. */
  readonly logUri?: string | undefined;
}

const STATES: ReadonlyMap<string, RunState> = new Map<string, RunState>([
  ['SUBMITTED', 'waiting'],
  ['PENDING', 'waiting'],
  ['SCHEDULED', 'waiting'],
  ['QUEUED', 'waiting'],
  ['RUNNING', 'running'],
  ['CANCELLING', 'running'],
  ['SUCCESS', 'succeeded'],
  ['FAILED', 'failed'],
  ['CANCELLED', 'cancelled'],
]);
const OVER = new Set<RunState>(['succeeded', 'failed', 'cancelled']);
const TIMEOUT_MS = 60_000;
/** As many as one answer may hold. */
const PAGE = 50;
/** Requests of one start whose fate is not known, and the pause between them, in milliseconds. */
const START_TRIES = 3;
const START_AGAIN_MS = 1_000;

/**
 * Attempts as job runs of an EMR Serverless application. The attempt's name is the request's token, so the same request again is
 * the same job run: exactly once holds whatever becomes of an answer.
 */
export class ServerlessBackend implements Backend {
  readonly kind = 'emr-serverless';
  readonly endpoint: string;
  readonly #options: ServerlessBackendOptions;

  constructor(options: ServerlessBackendOptions) {
    const { region, applicationId: id } = options;
    this.endpoint = clusterEndpoint({ region, id, backend: 'emr-serverless' });
    this.#options = options;
  }

  check(spec: JobSpec): void {
    this.#options.check(spec);
    checkForServerless(spec);
    if (this.#options.executionRole === undefined) {
      throw new ConfigError('EMR Serverless runs a job in the name of a role; give its ARN by --execution-role', {
        field: '--execution-role',
      });
    }
  }

  request(plan: AttemptPlan): Readonly<Record<string, unknown>> {
    return this.#input(plan);
  }

  /**
   * The token makes the same request safe to send again. Once one of them may have been acted on, what the next ones come to, but
   * for a job run, says nothing about it.
   */
  async start(plan: AttemptPlan, { signal, timeoutMs = TIMEOUT_MS }: CallOptions = {}): Promise<StartAnswer> {
    const { clock } = this.#options;
    const until = clock.now() + timeoutMs;
    for (let tries = 1, doubt: StartAnswer | undefined; ; tries++) {
      const left = Math.max(1, until - clock.now());
      const answer = await this.#startOnce(plan, { ...(signal && { signal }), timeoutMs: left });
      if (answer.kind === 'started' || answer.kind === 'duplicate') return answer;
      if (answer.kind === 'unknown') doubt ??= answer;
      if (!doubt) return answer;
      if (tries >= START_TRIES || clock.now() + START_AGAIN_MS >= until) return doubt;
      await clock.sleep(START_AGAIN_MS, signal);
    }
  }

  async #startOnce(plan: AttemptPlan, options: CallOptions): Promise<StartAnswer> {
    const { clientOnce } = this.#options;
    try {
      const { jobRunId: id } = await clientOnce.send(new StartJobRunCommand(this.#input(plan)), how(options));
      if (id === undefined)
        return { kind: 'unknown', error: new BadAnswerError('EMR Serverless gave no id for a job run', '') };
      const status = { raw: 'SUBMITTED', state: 'waiting', source: 'emr-serverless', id, name: plan.name } as const;
      return { kind: 'started', status: { ...status, links: {} } };
    } catch (error) {
      options.signal?.throwIfAborted();
      if (awsErrorName(error) === 'ConflictException') return this.#conflict(plan, error, options);
      return readStartFailure(error, this.#question('a job run cannot be started', 'StartJobRun'));
    }
  }

  /** The token was used before, and what it started is there; or the application is in no state for it. */
  async #conflict({ name }: AttemptPlan, error: unknown, options: CallOptions): Promise<StartAnswer> {
    const held = await this.find(name, options).catch(() => undefined);
    options.signal?.throwIfAborted();
    if (held) return { kind: 'duplicate' };
    const question = this.#question('a job run cannot be started', 'StartJobRun');
    return { kind: 'unknown', error: explainAwsError(error, question) };
  }

  async find(name: string, options?: CallOptions): Promise<RunStatus | undefined> {
    let first: RunStatus | undefined;
    // Newest first: the oldest of that name is the one that counts.
    for await (const status of this.list(options)) if (status.name === name) first = status;
    return first;
  }

  async status(ref: RunRef, options?: CallOptions): Promise<RunStatus | undefined> {
    if (ref.id === undefined) return this.find(ref.name, options);
    const run = await this.#get(ref.id, options);
    const status = run && statusOf({ ...run, id: run.jobRunId });
    return status && (ref.attempt === 0 || status.name === ref.name) ? status : undefined;
  }

  async *list(options?: CallOptions): AsyncGenerator<RunStatus, void> {
    const { client, applicationId } = this.#options;
    const doing = 'job runs cannot be listed';
    const seen = new Set<string>();
    for (let token: string | undefined; ;) {
      const command = new ListJobRunsCommand({ applicationId, maxResults: PAGE, ...(token && { nextToken: token }) });
      const { jobRuns = [], nextToken } = await this.#ask(doing, 'ListJobRuns', options, (sending) =>
        client.send(command, sending),
      );
      for (const run of jobRuns) yield statusOf(run);
      if (nextToken === undefined || nextToken === '') return;
      if (seen.has(nextToken)) throw new BadAnswerError(`${doing}: the next page is the same page again`, '');
      seen.add((token = nextToken));
    }
  }

  async stop(ref: RunRef, options?: CallOptions): Promise<'asked' | 'no-record' | 'ended'> {
    const { client, applicationId } = this.#options;
    const status = await this.status(ref, options);
    if (status?.id === undefined) return 'no-record';
    if (OVER.has(status.state)) return 'ended';
    const command = new CancelJobRunCommand({ applicationId, jobRunId: status.id });
    const doing = `job run ${status.id} cannot be cancelled`;
    await this.#ask(doing, 'CancelJobRun', options, (sending) => client.send(command, sending));
    return 'asked';
  }

  /** A refused request leaves nothing. */
  async discard(): Promise<void> {}

  async endedAt({ id }: RunRef, options?: CallOptions): Promise<number | undefined> {
    return id === undefined ? undefined : (await this.#get(id, options))?.endedAt?.getTime();
  }

  /** The link to a run's Spark UI: whoever has it can see the run for an hour, so it is kept nowhere. */
  async dashboard(jobRunId: string, options?: CallOptions): Promise<string | undefined> {
    const { client, applicationId } = this.#options;
    const command = new GetDashboardForJobRunCommand({ applicationId, jobRunId });
    const doing = `the dashboard of job run ${jobRunId} cannot be opened`;
    return (await this.#ask(doing, 'GetDashboardForJobRun', options, (sending) => client.send(command, sending))).url;
  }

  async #get(jobRunId: string, options: CallOptions | undefined): Promise<JobRun | undefined> {
    const { client, applicationId } = this.#options;
    return this.#ask(`job run ${jobRunId} cannot be read`, 'GetJobRun', options, async (sending) => {
      try {
        return (await client.send(new GetJobRunCommand({ applicationId, jobRunId }), sending)).jobRun;
      } catch (error) {
        if (awsErrorName(error) === 'ResourceNotFoundException') return undefined;
        throw error;
      }
    });
  }

  #input(plan: AttemptPlan) {
    const { applicationId, executionRole, logUri } = this.#options;
    return {
      applicationId,
      clientToken: plan.name,
      name: stepName(plan),
      executionRoleArn: executionRole ?? '',
      jobDriver: jobDriver(plan),
      ...(logUri !== undefined && {
        configurationOverrides: { monitoringConfiguration: { s3MonitoringConfiguration: { logUri } } },
      }),
    };
  }

  async #ask<T>(
    doing: string,
    action: string,
    options: CallOptions | undefined,
    ask: (sending: ReturnType<typeof how>) => Promise<T>,
  ): Promise<T> {
    options?.signal?.throwIfAborted();
    try {
      return await ask(how(options));
    } catch (error) {
      options?.signal?.throwIfAborted();
      throw explainAwsError(error, this.#question(doing, action));
    }
  }

  #question(doing: string, action: string) {
    const { applicationId, region } = this.#options;
    const resource = `arn:aws:emr-serverless:${region}:*:/applications/${applicationId}`;
    return { service: 'EMR Serverless', doing, action: `emr-serverless:${action}`, resource, field: '--application' };
  }
}

interface Seen extends Pick<Partial<JobRunSummary>, 'id' | 'name' | 'stateDetails'> {
  /** It may be one that we have never seen. */
  readonly state?: string | undefined;
}

function statusOf({ id, name = '', state = 'UNKNOWN', stateDetails: details }: Seen): RunStatus {
  return {
    raw: state,
    state: STATES.get(state) ?? 'unknown',
    source: 'emr-serverless',
    ...(id !== undefined && { id }),
    name: attemptNameIn(name),
    links: {},
    ...(details !== undefined && details !== '' && { message: redactText(details) }),
  };
}

function how({ signal, timeoutMs = TIMEOUT_MS }: CallOptions = {}) {
  const late = AbortSignal.timeout(Math.ceil(timeoutMs));
  return { abortSignal: signal ? AbortSignal.any([signal, late]) : late };
}

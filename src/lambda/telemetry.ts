import { isSecretName, type Logger, REDACTED, redactText, type RunOutcome } from '../core/index.js';
import type { LambdaContext } from './context.js';
import type { Environment } from './environment.js';

type Level = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';
type Fields = Readonly<Record<string, unknown>>;

const RANK: Readonly<Record<Level, number>> = { DEBUG: 0, INFO: 1, WARN: 2, ERROR: 3 };
const LONGEST_TEXT = 2_000;

export interface TelemetryParts {
  readonly env: Environment;
  readonly context: LambdaContext | undefined;
  readonly coldStart: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly write: (line: string) => void;
}

/** A number of an invocation. */
export type Counter = 'Submits' | 'Adoptions' | 'Pending' | 'Polls' | 'Cancels' | 'Failures';

/** The log of one invocation, one line of JSON each, and its metrics: field names as Powertools for AWS Lambda has them. */
export class Telemetry {
  readonly #parts: TelemetryParts;
  readonly #least: number;
  readonly #counts = new Map<Counter, number>();
  readonly #service: string;
  readonly #namespace: string;

  constructor(parts: TelemetryParts) {
    const { env } = parts;
    this.#parts = parts;
    this.#service = env.POWERTOOLS_SERVICE_NAME ?? 'livywire';
    this.#namespace = env.POWERTOOLS_METRICS_NAMESPACE ?? 'livywire';
    const level = (env.POWERTOOLS_LOG_LEVEL ?? env.AWS_LAMBDA_LOG_LEVEL ?? env.LOG_LEVEL ?? 'INFO').toUpperCase();
    this.#least = RANK[level as Level] ?? (level === 'CRITICAL' || level === 'FATAL' ? RANK.ERROR : RANK.INFO);
  }

  /** For the engine, which says what it does. */
  get logger(): Logger {
    return {
      debug: (message, fields) => this.log('DEBUG', message, fields),
      info: (message, fields) => this.log('INFO', message, fields),
      warn: (message, fields) => this.log('WARN', message, fields),
    };
  }

  log(level: Level, message: string, fields: Fields = {}): void {
    if (RANK[level] < this.#least) return;
    const { context, coldStart, env, now, write } = this.#parts;
    const line = {
      level,
      message,
      timestamp: new Date(now()).toISOString(),
      service: this.#service,
      cold_start: coldStart,
      function_name: context?.functionName,
      function_memory_size: context?.memoryLimitInMB === undefined ? undefined : String(context.memoryLimitInMB),
      function_arn: context?.invokedFunctionArn,
      function_request_id: context?.awsRequestId,
      xray_trace_id: /Root=([^;]+)/.exec(env._X_AMZN_TRACE_ID ?? '')?.[1],
      ...fields,
    };
    write(JSON.stringify(line, withoutSecrets));
  }

  failed(error: Error, fields: Fields = {}): void {
    this.log('ERROR', error.message, { ...fields, error: { name: error.name, message: error.message } });
  }

  count(name: Counter, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  /** How a run ended: by kind, and by diagnosis where it failed. */
  outcome(outcome: RunOutcome): void {
    const ranMs = Date.parse(outcome.knownAt) - Date.parse(outcome.ref.createdAt);
    const code = outcome.kind === 'failed' ? outcome.diagnosis.code : undefined;
    const queueMs = outcome.usage?.queueMs;
    this.#emit(
      [['service'], ['service', 'outcome'], ...(code === undefined ? [] : [['service', 'diagnosis']])],
      {
        Outcomes: [1, 'Count'],
        ...(ranMs >= 0 && { RunDuration: [ranMs, 'Milliseconds'] }),
        ...(queueMs !== undefined && { QueueDuration: [queueMs, 'Milliseconds'] }),
      },
      { outcome: outcome.kind, ...(code !== undefined && { diagnosis: code }) },
    );
  }

  /** Any numbers of this service. */
  gauges(values: Readonly<Record<string, readonly [value: number, unit: 'Count' | 'Milliseconds']>>): void {
    this.#emit([['service']], values, {});
  }

  /** Writes what was counted. @param tookMs of this invocation */
  flush(handler: string, tookMs: number): void {
    const counted = Object.fromEntries([...this.#counts].map(([name, value]) => [name, [value, 'Count'] as const]));
    this.#emit([['service', 'handler']], { ...counted, HandlerDuration: [tookMs, 'Milliseconds'] }, { handler });
  }

  /** CloudWatch's embedded metric format: a log line that becomes metrics. */
  #emit(
    dimensions: readonly (readonly string[])[],
    values: Readonly<Record<string, readonly [number, string]>>,
    targets: Readonly<Record<string, string>>,
  ): void {
    const metrics = Object.entries(values).map(([Name, [, Unit]]) => ({ Name, Unit }));
    const _aws = {
      Timestamp: this.#parts.now(),
      CloudWatchMetrics: [{ Namespace: this.#namespace, Dimensions: dimensions, Metrics: metrics }],
    };
    const numbers = Object.fromEntries(Object.entries(values).map(([name, [value]]) => [name, value]));
    this.#parts.write(JSON.stringify({ _aws, service: this.#service, ...targets, ...numbers }));
  }
}

/** Of a line of the log: values under telling names, what looks like a secret in texts, and what is too long. */
function withoutSecrets(name: string, value: unknown): unknown {
  if (isSecretName(name) && typeof value === 'string') return REDACTED;
  if (typeof value !== 'string') return value;
  const safe = redactText(value);
  return safe.length > LONGEST_TEXT ? `${safe.slice(0, LONGEST_TEXT - 1)}…` : safe;
}

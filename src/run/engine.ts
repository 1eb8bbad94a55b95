import {
  type BackendKind,
  ConfigError,
  type JobSpec,
  type RunRecord,
  type RunRef,
  withoutTokens,
} from '../core/index.js';
import { checkOptions } from './check-options.js';
import { decide } from './decide.js';
import type { EngineDeps } from './deps.js';
import { findRun } from './find.js';
import { attemptName, checkKey, randomKey, specHash, specTag } from './names.js';
import { conclude, isEnding } from './conclude.js';
import { Observer } from './observer.js';
import type { Run, Runs, SubmitOptions } from './options.js';
import { attemptIn, finishedOutcome, lastAttempt, refOf } from './records.js';
import { EngineRun } from './run.js';
import { shareApps } from './shared-apps.js';
import { shareReads } from './shared-reads.js';
import { checkInputs, submissionOf, submit } from './submit.js';

/** The engine: starts runs exactly once, watches them, and knows how they ended. */
export class Engine implements Runs {
  readonly #deps: EngineDeps;

  constructor(deps: EngineDeps) {
    const { backend, registry, clock } = deps;
    const shared = shareReads(backend, clock);
    // A backend may be a class: its methods stay bound to it.
    const reads = new Proxy(backend, {
      get: (target, property) => {
        if (property === 'status') return shared.status;
        const value: unknown = Reflect.get(target, property);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    this.#deps = { ...deps, backend: reads, ...(registry && { registry: shareApps(registry, clock) }) };
  }

  async submit(spec: JobSpec, options: SubmitOptions = {}): Promise<Run> {
    const refresh = (record: RunRecord, signal?: AbortSignal) => this.#refresh(record, signal);
    const { record, attempt, how } = await submit(this.#deps, refresh, spec, options);
    return new EngineRun(this.#deps, refOf(record.key, attempt), how, finishedOutcome(attempt));
  }

  attach(ref: RunRef): Run {
    checkRef(ref);
    return new EngineRun(this.#deps, ref, 'attached');
  }

  async find(run: string, options: { readonly signal?: AbortSignal } = {}): Promise<Run> {
    const ref = await findRun(this.#deps, run, options.signal);
    const entry = ref.attempt > 0 ? await this.#deps.ledger.get(ref.key) : undefined;
    return new EngineRun(this.#deps, ref, 'attached', finishedOutcome(entry && attemptIn(entry.record.attempts, ref)));
  }

  async *list(options: { readonly since?: Date; readonly limit?: number } = {}): AsyncGenerator<RunRecord, void> {
    for await (const record of this.#deps.ledger.list(options))
      yield { ...record, attempts: record.attempts.map(withoutTokens) };
  }

  async plan(spec: JobSpec, options: SubmitOptions = {}): Promise<Readonly<Record<string, unknown>>> {
    const { backend, ledger } = this.#deps;
    const { key = randomKey() } = options;
    checkOptions(options);
    checkKey(key);
    backend.check(spec);
    const entry = await ledger.get(key);
    const want = submissionOf(this.#deps, spec, options);
    const next = entry && decide(entry.record, want, () => true).kind;
    const isNext = next === 'next-attempt';
    if (next === undefined || isNext) await checkInputs(this.#deps, options);
    const attempt = entry ? lastAttempt(entry.record).attempt + (isNext ? 1 : 0) : 1;
    const name = attemptName(await ledger.namespace(), key, attempt);
    return backend.request({ spec, name, tags: [name, specTag(specHash(spec))] });
  }

  /** One look at an attempt that the ledger holds as started; its end, if it has one, is written down. */
  async #refresh(record: RunRecord, signal?: AbortSignal): Promise<void> {
    const observer = new Observer(this.#deps, refOf(record.key, lastAttempt(record)));
    const reading = await observer.read(signal);
    if (isEnding(reading)) await conclude(this.#deps, observer, reading, signal);
  }
}

const backends: ReadonlySet<unknown> = new Set<BackendKind>(['livy', 'emr-step', 'emr-serverless']);

/** @throws ConfigError */
function checkRef(ref: RunRef): void {
  const wrong = (field: string, want: string): never => {
    throw new ConfigError(`The ref's ${field} is not ${want}; a ref is the JSON that submit gave`, {
      field: `ref.${field}`,
    });
  };
  const given: Record<string, unknown> = typeof ref === 'object' && ref !== null ? { ...ref } : {};
  if (given.v !== 1) wrong('v', '1');
  for (const field of ['key', 'endpoint', 'name', 'createdAt']) {
    if (typeof given[field] !== 'string') wrong(field, 'a string');
  }
  if (!backends.has(given.backend)) wrong('backend', 'one of livy, emr-step, emr-serverless');
  if (!Number.isSafeInteger(given.attempt) || (given.attempt as number) < 0) wrong('attempt', 'a whole number');
  if (Number.isNaN(Date.parse(ref.createdAt))) wrong('createdAt', 'an ISO 8601 time');
  for (const field of ['id', 'appId', 'output']) {
    if (given[field] !== undefined && typeof given[field] !== 'string') wrong(field, 'a string');
  }
}

import type { HandlerFunctions } from '../run-spark-job.js';
import type { KindName } from './kinds/index.js';
import type { StepKind, StepRetry } from './kinds/kind.js';

/** A step that was read and found right. */
export interface Step {
  readonly name: string;
  readonly kind: KindName;
  readonly row: StepKind;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Names of steps: asked for, referred to, and implied by a cluster. */
  readonly needs: ReadonlySet<string>;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly retry?: StepRetry;
  readonly timeoutSeconds?: number;
  readonly foreach?: string | readonly unknown[];
  readonly concurrency?: number;
  readonly comment?: string;
}

/** A cluster that lives for a part of the pipeline. */
export interface ClusterScope {
  /** The step that creates it. */
  readonly create: string;
  /** The step that terminates it; absent: it is done without one. */
  readonly terminate?: string;
  /** Steps that run on it, or are told its id. */
  readonly users: readonly string[];
}

/** A pipeline that was read and found right. */
export interface Pipeline {
  readonly name: string;
  readonly comment?: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly functions?: HandlerFunctions;
  readonly timeoutSeconds?: number;
  readonly steps: ReadonlyMap<string, Step>;
  readonly clusters: readonly ClusterScope[];
  readonly output?: Readonly<Record<string, unknown>>;
}

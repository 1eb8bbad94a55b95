/** What a submitter process is told, and what it says. */
import type { JobSpec, RunOutcome } from '../../src/core/index.js';
import type { Waits } from '../../src/run/index.js';

export interface SubmitterSettings {
  readonly livy: string;
  readonly yarn: string;
  /** Spark's History Server. */
  readonly history?: string | undefined;
  readonly ledger: string;
  /** How much faster time goes for livywire than for the servers. */
  readonly speed: number;
  /** Where both clocks agree, milliseconds since the epoch. */
  readonly epochMs: number;
  readonly requestTimeoutMs: number;
  readonly waits: Partial<Waits>;
}

export type Order =
  | {
      readonly do: 'run';
      /** Of this order. */
      readonly id: number;
      readonly key: string;
      readonly spec: JobSpec;
      readonly retryOf?: 'failed' | undefined;
      readonly forceResend?: boolean;
      /** Milliseconds of real time. */
      readonly cancelAfterMs?: number | undefined;
    }
  | { readonly do: 'set-clock'; readonly byMs: number };

export type Word =
  | { readonly say: 'ready' }
  | {
      readonly say: 'outcome';
      readonly id: number;
      readonly kind: RunOutcome['kind'];
      readonly attempt: number;
      readonly notes: readonly string[];
      readonly evidence: readonly string[];
    }
  | {
      readonly say: 'error';
      readonly id: number;
      readonly name: string;
      readonly fault: string;
      readonly message: string;
      /** Which one it is about, where the error says so. */
      readonly attempt?: number | undefined;
    };

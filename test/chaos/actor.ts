/** Who drives the keys of a trial to their ends. */
import type { JobSpec } from '../../src/core/index.js';
import type { KeyPlan } from './plan.js';
import type { KeyStory } from './verdict.js';

/** Longer than that no client waits for an answer here. */
export const REQUEST_TIMEOUT_MS = 2_000;

export interface Actor {
  /** Of our own, started for it. */
  readonly processes: number;
  drive(story: KeyStory): Promise<void>;
  /** Resolves when nothing is under way any more. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export const keyOf = (index: number): string => `key ${index}`;

export const specOf = ({ surfaceMs, lifeMs, end, launcher }: KeyPlan): JobSpec => ({
  file: 's3://jobs/chaos.py',
  args: [`surface=${surfaceMs / 1_000}`, `life=${lifeMs / 1_000}`, `end=${end}`, `launcher=${launcher}`],
});

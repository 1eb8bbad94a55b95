import type { ChoiceRule } from './asl.js';

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** An answer that says that something is over, and how. */
export interface Ending {
  /** A rule without a target. */
  readonly when: DistributiveOmit<ChoiceRule, 'Next'>;
  readonly ended: 'well' | 'badly';
}

export const WELL = 'Succeeded';
export const BADLY = 'Failed';

/** The rules of a Choice state; the first that fits decides. */
export const endingRules = (endings: readonly Ending[]): ChoiceRule[] =>
  endings.map(({ when, ended }): ChoiceRule => ({ ...when, Next: ended === 'well' ? WELL : BADLY }));

/** A rule for each of the words. */
export const isOneOf = (Variable: string, words: readonly string[], ended: Ending['ended']): readonly Ending[] =>
  words.map((word) => ({ when: { Variable, StringEquals: word }, ended }));

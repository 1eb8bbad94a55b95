/** From samples to what is shown of them. */
import type { Measure, Subject } from './row.js';

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spread(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const median = sorted.length % 2 === 0 ? (at(middle - 1) + at(middle)) / 2 : at(Math.floor(middle));
  return { min: at(0), median, max: at(sorted.length - 1) };
}

export const median = (samples: readonly number[]): number => spread(samples).median;

/** A share of the samples lie at or below it: `percentile(delays, 0.99)`. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Round by round where both have the same rounds, so that what else the machine did falls away; else of the medians. */
export function ratios(samples: readonly number[], others: readonly number[]): readonly number[] {
  if (samples.length === others.length) return samples.map((one, i) => one / (others[i] ?? Number.NaN));
  return [median(samples) / median(others)];
}

export const samplesOf = ({ subjects }: Pick<Measure, 'subjects'>, name: string): readonly number[] => {
  const found = subjects.find((one) => one.name === name);
  return found && 'samples' in found ? found.samples : [];
};

/** The median of the ratios of one subject to another. */
export const ratioOf = (measure: Pick<Measure, 'subjects'>, name: string, to: string): number =>
  median(ratios(samplesOf(measure, name), samplesOf(measure, to)));

/** One sample, or why there is none. */
export type Take = () => Promise<number>;

/**
 * Samples of each, one after the other within a round, so that what else the machine does falls on all of them alike. A
 * first round that is not counted warms what there is to warm; whoever throws is left out, with the reason.
 */
export async function inRounds(
  takes: Readonly<Record<string, Take | { readonly cannot: string }>>,
  { rounds, warmUps = 1 }: { readonly rounds: number; readonly warmUps?: number },
): Promise<readonly Subject[]> {
  const samples = new Map<string, number[]>();
  const cannot = new Map<string, string>();
  for (let round = -warmUps; round < rounds; round++) {
    for (const [name, take] of Object.entries(takes)) {
      if (typeof take !== 'function') cannot.set(name, take.cannot);
      if (typeof take !== 'function' || cannot.has(name)) continue;
      try {
        const sample = await take();
        if (round >= 0) samples.set(name, [...(samples.get(name) ?? []), sample]);
      } catch (error) {
        cannot.set(name, firstLine(error));
      }
    }
  }
  return Object.keys(takes).map((name) => {
    const why = cannot.get(name);
    return why === undefined ? { name, samples: samples.get(name) ?? [] } : { name, cannot: why };
  });
}

export const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

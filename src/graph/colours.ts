import type { StepState } from './picture.js';

export interface Colours {
  readonly fill: string;
  readonly stroke: string;
  readonly text: string;
}

/** Colours that can be told apart in light and dark, and without colours by the words in the boxes. */
export const colours: Readonly<Record<StepState, Colours>> = {
  waiting: { fill: '#f3f4f6', stroke: '#9ca3af', text: '#374151' },
  running: { fill: '#dbeafe', stroke: '#2563eb', text: '#1e3a8a' },
  succeeded: { fill: '#dcfce7', stroke: '#16a34a', text: '#14532d' },
  failed: { fill: '#fee2e2', stroke: '#dc2626', text: '#7f1d1d' },
  aborted: { fill: '#fef3c7', stroke: '#d97706', text: '#78350f' },
};

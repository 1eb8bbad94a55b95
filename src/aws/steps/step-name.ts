import { posix } from 'node:path';
import { type AttemptPlan, plainLine } from '../../core/index.js';

/** As long as EMR takes a step's name. */
const LONGEST = 256;
const OURS = /^(livywire-[0-9a-f]{32}-a\d+)(?: |$)/;

/** The attempt's name, by which it is found again, and a word for who looks at EMR's own list of steps. */
export function stepName({ name, spec }: AttemptPlan): string {
  const label = spec.name ?? posix.basename(spec.file.split(/[?#]/)[0] ?? '');
  const plain = plainLine(label).replace(/[^\x20-\x7e]/g, '_');
  return `${name} ${plain}`.slice(0, LONGEST).trimEnd();
}

/** The attempt's name in a step's; of a step that is not livywire's, its own. */
export const attemptNameIn = (stepsName: string): string => OURS.exec(stepsName)?.[1] ?? stepsName;

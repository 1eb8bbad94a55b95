import { checkSpec } from '../../app/index.js';
import { isLivywireError, type JobSpec } from '../../core/index.js';
import type { Verdict } from './verdict.js';

/**
 * The verdicts, with what the backend would refuse in the spec that came of them: a taken flag becomes a refused one,
 * so that explaining a line and running it cannot differ.
 * @param isFileRead `false` when the file is refused already
 */
export function fieldVerdicts(spec: JobSpec, verdicts: readonly Verdict[], isFileRead: boolean): Verdict[] {
  const all = [...verdicts];
  for (const field of Object.keys(spec) as (keyof JobSpec)[]) {
    if (field === 'file' && !isFileRead) continue;
    const problem = problemWith(spec, field);
    if (problem === undefined) continue;
    // A setting is one of many: which, is in the words.
    const at = field === 'conf' ? -1 : all.findLastIndex((one) => one.verdict === 'taken' && isAbout(one, field));
    const refused: Verdict = { item: all[at]?.item ?? field, verdict: 'refused', detail: problem };
    if (at < 0) all.push(refused);
    else all[at] = refused;
  }
  return all;
}

const isAbout = ({ detail }: Verdict, field: string): boolean => /^\w+/.exec(detail)?.[0] === field;

/** With nothing else in it, so that each field is judged, not only the first wrong one. */
function problemWith({ conf, ...spec }: JobSpec, field: keyof JobSpec): string | undefined {
  try {
    checkSpec({
      file: '/file',
      // What else is set decides whether 0 executors are fine.
      ...(conf && (field === 'conf' || field === 'numExecutors') && { conf }),
      ...(field !== 'conf' && { [field]: spec[field] }),
    });
    return undefined;
  } catch (error) {
    if (isLivywireError(error)) return error.message;
    throw error;
  }
}

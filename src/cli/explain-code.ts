import { loadDiagnosis } from '../app/index.js';
import { ConfigError } from '../core/index.js';
import { exitCodes } from './exit-code.js';
import { nearest } from './scan.js';
import { plain } from './show.js';
import type { Terminal } from './terminal.js';

/** Whether a word can only be the code of a diagnosis. */
export const looksLikeCode = (word: string): boolean => /^[A-Z][A-Z0-9]*_[A-Z0-9_]+$|^UNKNOWN$|^PREEMPTED$|^SERIALIZATION$/.test(word); // prettier-ignore

/** What a code of a diagnosis means, and what to do. @throws ConfigError for one that there is not */
export async function explainCode(word: string, out: Terminal): Promise<number> {
  const { codes } = await loadDiagnosis();
  const found = codes.find(({ code }) => code === word);
  if (!found) {
    const near = nearest(word, codes.map(({ code }) => code)); // prettier-ignore
    throw new ConfigError(`There is no code ${plain(word)}${near === undefined ? '' : `; did you mean ${near}?`}`, { field: 'line' }); // prettier-ignore
  }
  const again = { true: 'The same job may succeed when it is simply run again.', false: 'Running it again changes nothing.', sometimes: 'Whether running it again may help, the diagnosis says.' }; // prettier-ignore
  out.result(out.paint.bold(found.code), `  ${found.about.replaceAll('`', '')}`, `  ${again[`${found.transient}`]}`);
  out.result(...found.next.map((step) => `  next: ${step}`));
  out.document({ v: 1, kind: 'code', ...found });
  return exitCodes.succeeded;
}

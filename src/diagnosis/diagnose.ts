import { type Diagnosis, type DiagnosisLine, plainLine, redactText } from '../core/index.js';
import { type Match, placeOfMatch, type Rule } from './rule.js';
import { rules } from './rules.js';
import type { Frame } from './throwable.js';
import { unknown } from './unknown.js';
import { codeBelow, type Facts, prepare, type View } from './view.js';
import { LONGEST_TITLE, oneLine, placeWords, thrownWords, toldWords } from './words.js';

const MOST_LINES = 8;
const LONGEST_LINE = 400;

/** Why a run failed. Always an answer: `UNKNOWN` shows the most telling lines, and makes up nothing. */
export function diagnose(facts: Facts): Diagnosis {
  const view = prepare(facts);
  for (const rule of rules) {
    const match = view.verdict.kind === 'succeeded' ? undefined : rule.match(view);
    if (match) return write(view, rule, match);
  }
  return safe(unknown(view));
}

/** Whether the log itself says that the run succeeded: then there is nothing to explain. */
export const hasSucceeded = (facts: Facts): boolean => prepare(facts).verdict.kind === 'succeeded';

function write(view: View, rule: Rule, match: Match): Diagnosis {
  const place = placeOfMatch(view, match);
  const title = match.title ?? (match.thrown ? thrownWords(match.thrown) : toldWords(match.lines?.[0] ?? view.told[0]!)); // prettier-ignore
  const isPlaced = place === undefined || title.includes(`(${placeWords(place)})`);
  return safe({
    code: rule.code,
    title: isPlaced ? oneLine(title, 2 * LONGEST_TITLE) : `${oneLine(title)} (${placeWords(place)})`,
    transient: match.transient ?? rule.transient === true,
    lines: proofOf(view, match, place),
    next: nextOf(rule, match),
  });
}

/** The rule's own steps may follow the match's. */
function nextOf(rule: Rule, { next }: Match): readonly string[] {
  if (!next) return rule.next;
  return next.at(-1) === '…' ? [...next.slice(0, -1), ...rule.next] : next;
}

/** In the order of the log: the job's line, its code, the exception. */
function proofOf(view: View, { thrown, lines = [] }: Match, place: Frame | undefined): DiagnosisLine[] {
  const code = place && codeBelow(view, place);
  const all = [...(place ? [place.line] : []), ...(code ? [code] : []), ...(thrown ? [thrown.line] : []), ...lines];
  const own = [...new Set(all)].slice(0, MOST_LINES);
  return own.map(({ source, line, text }) => ({ source, ...(line !== undefined && { line }), text: cut(text) }));
}

const cut = (text: string): string => (text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE - 1)}…` : text);

/** An outcome is kept and shown: what a driver or YARN wrote about secrets is not. */
const safe = (diagnosis: Diagnosis): Diagnosis => ({
  ...diagnosis,
  title: plainLine(redactText(diagnosis.title)),
  lines: diagnosis.lines.map((line) => ({ ...line, text: cut(redactText(line.text)) })),
  next: diagnosis.next.map(redactText),
});

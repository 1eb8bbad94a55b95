import type { Line } from './line.js';
import type { Frame, Throwable } from './throwable.js';
import { isOwnWords, placeOf, type View } from './view.js';

/** What a rule has found. */
export interface Match {
  /** The exception that says it: gives the title, the place and the proof where they are not given. */
  readonly thrown?: Throwable;
  /** The lines that prove it. */
  readonly lines?: readonly Line[];
  /** One line with the job's own words in it. */
  readonly title?: string;
  /** The job's own line. `none` where it had no part in it. */
  readonly place?: Frame | 'none';
  /** In place of the rule's own. */
  readonly transient?: boolean;
  /** In place of the rule's own, or before them with `…` as the last one. */
  readonly next?: readonly string[];
}

/** One reason why jobs fail. The code is for ever. */
export interface Rule {
  readonly code: string;
  /** What it means, for people: one sentence. */
  readonly about: string;
  /** Whether the same job may succeed when it is simply run again. `sometimes`: the match says. */
  readonly transient: boolean | 'sometimes';
  /** What to do, most useful first. */
  readonly next: readonly string[];
  /** Why there is no recorded failure behind it, where there is none. */
  readonly unproven?: string;
  /** `undefined` where it cannot tell. Pure. */
  match(view: View): Match | undefined;
}

/** What an exception must be. Words alone do not count where the job's own code raised it. */
export interface Thrown {
  /** Tried on the whole name. */
  readonly type?: RegExp;
  /** Tried on the message. */
  readonly says?: RegExp;
  readonly lang?: Throwable['lang'];
  /** Only where a library raised it: the job's own code may use the same name for anything. */
  readonly fromLibrary?: true;
  readonly title?: (one: Throwable, words: RegExpExecArray | undefined) => string;
  readonly transient?: boolean;
  readonly next?: readonly string[];
}

/** The first of these exceptions that ended the job. */
export function findThrown(view: View, wanted: readonly Thrown[]): Match | undefined {
  for (const { type, says, lang, fromLibrary, title, transient, next } of wanted) {
    for (const thrown of view.thrown) {
      if (lang !== undefined && thrown.lang !== lang) continue;
      if (type !== undefined && !type.test(thrown.type)) continue;
      if ((type === undefined || fromLibrary) && isOwnWords(thrown)) continue;
      const words = says?.exec(thrown.message) ?? undefined;
      if (says !== undefined && !words) continue;
      return {
        thrown,
        ...(title && { title: title(thrown, words) }),
        ...(transient !== undefined && { transient }),
        ...(next && { next }),
      };
    }
  }
  return undefined;
}

/** What YARN, the application master or spark-submit must say. */
export interface Told {
  readonly says: RegExp;
  readonly title?: (words: RegExpExecArray, line: Line) => string;
  readonly transient?: boolean;
  readonly next?: readonly string[];
}

/** The first of these words, of those who start and stop drivers. */
export function findTold(view: View, wanted: readonly Told[]): Match | undefined {
  for (const { says, title, transient, next } of wanted) {
    for (const line of view.told) {
      const words = says.exec(line.text);
      if (!words) continue;
      return {
        lines: [line],
        place: 'none',
        ...(title && { title: title(words, line) }),
        ...(transient !== undefined && { transient }),
        ...(next && { next }),
      };
    }
  }
  return undefined;
}

/** The job's own line that led to what was found. */
export const placeOfMatch = (view: View, { place, thrown }: Match): Frame | undefined =>
  place === 'none' ? undefined : (place ?? placeOf(view, thrown));

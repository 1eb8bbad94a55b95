import type { AppRegistry, AppReport, RunRef } from '../core/index.js';
import { firstOf, statusOfApp } from './app-status.js';
import type { Hearing } from './hearing.js';
import { attemptNamePattern } from './names.js';

/** What YARN said of the application. */
export type YarnWord =
  | { readonly kind: 'app'; readonly app: AppReport }
  /** It is over, and YARN cannot say how. */
  | { readonly kind: 'unclear'; readonly app: AppReport; readonly why: string }
  | { readonly kind: 'absent' }
  /** It answered, and found nothing, and that proves nothing. */
  | { readonly kind: 'doubt'; readonly why: string; readonly mayHaveForgotten?: boolean }
  | { readonly kind: 'silent'; readonly why: string };

/** YARN can be asked by id, else by the tag that only livywire's own names are: another's name may be another's tag. */
export const isTied = ({ appId, name }: RunRef): boolean => appId !== undefined || attemptNamePattern.test(name);

export interface YarnQuestion {
  readonly registry: AppRegistry;
  readonly hearing: Hearing;
  readonly ref: RunRef;
  readonly signal: AbortSignal | undefined;
  /** Server time of the first request, which absence needs to prove anything. */
  readonly sinceMs?: number | undefined;
  /** How long ago that was by our own clock, where server time is not known. */
  readonly sentAgoMs?: number | undefined;
}

/** By id once known, else by tag. */
export async function askYarn({ registry, hearing, ref, signal, sinceMs, sentAgoMs }: YarnQuestion): Promise<YarnWord> {
  if (!isTied(ref)) return { kind: 'doubt', why: 'nothing ties an application to a batch that livywire did not start' };
  const { appId, name } = ref;
  const options = {
    ...(signal && { signal }),
    ...(sinceMs !== undefined && { sinceMs }),
    ...(sentAgoMs !== undefined && { sentAgoMs }),
  };
  if (appId !== undefined) {
    const inShort = (app: AppReport | undefined) => (app ? statusOfApp(app).raw : 'no record');
    const tag = attemptNamePattern.test(name) && { tag: name };
    const ask = () => registry.byId(appId, { ...(signal && { signal }), ...tag });
    const told = await hearing.ask({ source: 'yarn', asked: appId, ask, inShort }, signal);
    return 'problem' in told ? { kind: 'silent', why: told.problem } : wordOf(told.answer);
  }
  const told = await hearing.ask(
    {
      source: 'yarn',
      asked: `tag ${name}`,
      ask: () => registry.byTag(name, options),
      inShort: (found) => (found.kind === 'unknown' ? `found none, but ${found.reason}` : found.kind),
    },
    signal,
  );
  if ('problem' in told) return { kind: 'silent', why: told.problem };
  if (told.answer.kind === 'unknown') {
    const { reason, mayHaveForgotten = false } = told.answer;
    return { kind: 'doubt', why: reason, mayHaveForgotten };
  }
  return wordOf(told.answer.kind === 'found' ? firstOf(told.answer.apps) : undefined);
}

/** Livy takes what YARN has forgotten for dead, whatever became of it: its `dead`, `error` and `killed` say nothing then. */
export const hasForgotten = (word: YarnWord, { appId }: RunRef): boolean =>
  (word.kind === 'absent' && appId !== undefined) || (word.kind === 'doubt' && word.mayHaveForgotten === true);

function wordOf(app: AppReport | undefined): YarnWord {
  if (!app) return { kind: 'absent' };
  return app.unclear === undefined ? { kind: 'app', app } : { kind: 'unclear', app, why: app.unclear };
}

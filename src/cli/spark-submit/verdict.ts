import { isSecretName, REDACTED, redactText } from '../../core/index.js';

/** What becomes of one flag, word or variable. */
export interface Verdict {
  /** As it was typed, secrets masked: `--conf spark.x=1`, `<file> s3://…`, `PYSPARK_PYTHON`. */
  readonly item: string;
  readonly verdict: 'taken' | 'mapped' | 'accepted' | 'ignored' | 'refused';
  /** Where it went, or why not and what to do instead. */
  readonly detail: string;
  /** Worth a line also where nobody asked for an explanation. */
  readonly warn?: true;
}

/** `key=value`, the value masked where the key or the value looks secret. */
export function shownSetting(setting: string): string {
  const cut = setting.indexOf('=');
  const key = cut < 0 ? setting : setting.slice(0, cut);
  return cut >= 0 && isSecretName(key) ? `${key}=${REDACTED}` : redactText(setting);
}

import { type AttemptPlan, ConfigError, type JobSpec, pathLists } from '../../core/index.js';

const TAGS = 'spark.yarn.tags';

/** Settings as spark-submit takes them, the plan's YARN tags beside the caller's own. */
export function confOf({ spec, tags }: Pick<AttemptPlan, 'spec' | 'tags'>): Readonly<Record<string, string>> {
  const conf = Object.fromEntries(Object.entries(spec.conf ?? {}).map(([key, value]) => [key, String(value)]));
  const own = (conf[TAGS] ?? '').split(',').map((tag) => tag.trim());
  return { ...conf, [TAGS]: [...new Set([...own.filter((tag) => tag !== ''), ...tags])].join(',') };
}

const wrong = (field: string, what: string): ConfigError => new ConfigError(`${field} ${what}`, { field });

/** EMR's API takes no other control characters. */
const allowed = /^[^\p{Cc}]*$/u;
const isAllowed = (text: string): boolean => allowed.test(text.replace(/[\n\r\t]/g, ''));

/** What spark-submit's line cannot say, though Livy's JSON can. @throws ConfigError naming the field */
export function checkForSparkSubmit(spec: JobSpec): void {
  for (const field of pathLists) {
    for (const [i, path] of (spec[field] ?? []).entries()) {
      if (path.includes(',')) throw wrong(`${field}[${i}]`, 'holds a comma, with which spark-submit would end it');
    }
  }
  for (const [i, arg] of (spec.args ?? []).entries()) {
    if (!isAllowed(arg)) throw wrong(`args[${i}]`, 'holds control characters, which EMR does not take');
  }
  for (const [key, value] of Object.entries(spec.conf ?? {})) {
    if (!isAllowed(String(value))) {
      throw wrong(`conf[${JSON.stringify(key)}]`, 'holds control characters, which EMR does not take');
    }
  }
}

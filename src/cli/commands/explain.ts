import { ConfigError, isLivywireError } from '../../core/index.js';
import { defineCommand } from '../define.js';
import { explainCode, looksLikeCode } from '../explain-code.js';
import { exitCodes } from '../exit-code.js';
import { jobOptions } from '../job.js';
import { connectionOptions, durationOf, exitRetryableOf, outputOptions, waitOptions } from '../options.js';
import type { OptionTable } from '../option-spec.js';
import { checkChoice, type Given, scan } from '../scan.js';
import { plain, table } from '../show.js';
import { livyPlace } from '../spark-submit/paths.js';
import { redactRequest, translate } from '../spark-submit/translate.js';
import type { Verdict } from '../spark-submit/verdict.js';
import type { Terminal } from '../terminal.js';

/** What may stand before the flags: `A=b spark-submit`, `/opt/spark/bin/spark-submit`, `livywire run`. */
function splitLine(words: readonly string[]): { env: Record<string, string>; line: readonly string[] } {
  const env: Record<string, string> = {};
  let i = 0;
  for (const match of words.map((word) => /^([A-Za-z_]\w*)=(.*)$/s.exec(word))) {
    if (!match?.[1]) break;
    env[match[1]] = match[2] ?? '';
    i++;
  }
  const command = (words[i] ?? '').split(/[/\\]/).at(-1) ?? '';
  if (/^spark\d?-submit(?:\.cmd)?$/.test(command)) i++;
  else if (command === 'livywire') i += ['run', 'submit'].includes(words[i + 1] ?? '') ? 2 : 1;
  return { env, line: words.slice(i) };
}

const paintVerdict = (verdict: Verdict['verdict'], text: string, paint: Terminal['paint']): string => {
  if (verdict === 'refused') return paint.red(text);
  if (verdict === 'ignored') return paint.yellow(text);
  return verdict === 'mapped' ? paint.cyan(text) : paint.green(text);
};

/** What livywire's own flags say that run would not take. */
function ownFlagVerdicts(given: readonly Given[], options: OptionTable): Verdict[] {
  const checks: Readonly<Record<string, (value: string) => unknown>> = {
    timeout: (value) => durationOf(value, '--timeout'),
    'queue-timeout': (value) => durationOf(value, '--queue-timeout'),
    'exit-retryable': exitRetryableOf,
  };
  return given.flatMap(({ name, typed, value = '' }): Verdict[] => {
    try {
      checkChoice({ name, typed, value }, options);
      if (Object.hasOwn(checks, name)) checks[name]?.(value);
      return [];
    } catch (error) {
      if (!isLivywireError(error)) throw error;
      return [{ item: `${typed} ${value}`.trim(), verdict: 'refused', detail: error.message }];
    }
  });
}

export const explainCommand = defineCommand({
  name: 'explain',
  positionals: '-- spark-submit [flags] <file> [arguments…] | <CODE>',
  describe: 'Show what a spark-submit line becomes: the request, and a verdict for each flag. Sends nothing.',
  details: [
    '',
    'With the code of a diagnosis (DRIVER_OOM) it says what that means and what to do.',
    'Exits with 0 when livywire run would take the line, and with 2 when something in it is refused.',
    'Values that look secret are masked in what is shown, not in what would be sent.',
  ],
  examples: [
    ['livywire explain -- spark-submit --master yarn --packages a.b:c:1.0 s3://jobs/etl.py', ''],
    ['livywire explain --json -- spark-submit … | jq .request', 'the request alone'],
  ],
  options: { ...connectionOptions, ...outputOptions },
  stopAtFirstWord: true,
  async run(args, context) {
    const { io, out, readFile } = context;
    if (args.rest.length === 0) {
      throw new ConfigError('There is nothing to explain: livywire explain -- spark-submit … <file>', {
        field: 'line',
      });
    }
    const [word = ''] = args.rest;
    if (args.rest.length === 1 && looksLikeCode(word)) return explainCode(word, out);
    const { env, line } = splitLine(args.rest);
    const options = { ...jobOptions, ...waitOptions, detach: { type: 'boolean', describe: '' } } as const;
    const scanned = scan(line, options, { stopAtFirstWord: true });
    const { spec, verdicts } = await translate(scanned.given, scanned.rest, {
      cwd: io.cwd,
      env: { ...io.env, ...env },
      livy: livyPlace((await context.settings()).url),
      exists: (path) => io.exists(path),
      stages: scanned.given.some(({ name }) => name === 'stage'),
      allowClusterMode: scanned.given.some(({ name }) => name === 'allow-cluster-mode'),
      readFile,
    });
    const all: Verdict[] = [...ownFlagVerdicts(scanned.given, options), ...verdicts];
    if (!spec) all.push({ item: '<file>', verdict: 'refused', detail: 'is missing: an application has to be named' });
    const request = spec && redactRequest({ ...spec });
    const refused = all.filter(({ verdict }) => verdict === 'refused').length;
    if (request) out.result(JSON.stringify(request, undefined, 2), '');
    const rows = table(all.map(({ verdict, item, detail }) => [verdict, cut(plain(item)), plain(detail)]));
    out.result(
      ...rows.map((row, i) => {
        const verdict = all[i]?.verdict ?? 'taken';
        return paintVerdict(verdict, verdict, out.paint) + row.slice(verdict.length);
      }),
    );
    out.note(
      refused === 0
        ? 'livywire run takes this line; nothing was sent. Livy also gets a name and a YARN tag that prove which run it is'
        : `livywire run would refuse this line (${refused} of ${all.length}); nothing was sent`,
    );
    out.document({ v: 1, kind: 'explanation', accepted: refused === 0, ...(request && { request }), verdicts: all });
    return refused === 0 ? exitCodes.succeeded : exitCodes.usage;
  },
});

const WIDEST_ITEM = 60;
const cut = (text: string): string => (text.length > WIDEST_ITEM ? `${text.slice(0, WIDEST_ITEM - 1)}…` : text);

import {
  ConfigError,
  isSecretName,
  type JobSpec,
  type PathList,
  REDACTED,
  redactArgs,
  redactText,
} from '../../core/index.js';
import type { Given } from '../scan.js';
import { environmentVerdicts } from './environment.js';
import { fieldVerdicts } from './field-verdicts.js';
import { pathSettings, refusedSettings, sparkFlags, type SparkFlagUse } from './flags.js';
import { readDeployMode, readMaster } from './masters.js';
import { readPath, readPaths, type Surroundings } from './paths.js';
import { parseProperties } from './properties.js';
import { readCount, readSize } from './sizes.js';
import { shownSetting, type Verdict } from './verdict.js';

export interface TranslateOptions extends Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Run in the cluster what asked for the client. */
  readonly allowClusterMode: boolean;
  /** @throws ConfigError */
  readonly readFile: (path: string) => Promise<string | undefined>;
}

export interface Translation {
  /** What is left when everything refused is left out; absent without a file. */
  readonly spec?: JobSpec;
  /** One per flag, word and variable, in the order of the line. */
  readonly verdicts: readonly Verdict[];
}

/** From the words behind spark-submit to a job spec, with a verdict for each. Flags that are not spark-submit's are passed over. */
export async function translate(
  given: readonly Given[],
  rest: readonly string[],
  options: TranslateOptions,
): Promise<Translation> {
  const line = new Line(options);
  for (const one of given) await line.take(one);
  return line.finish(rest);
}

/** @throws ConfigError with every refusal and its way out */
export function specOf({ spec, verdicts }: Translation): JobSpec {
  const refused = verdicts.filter(({ verdict }) => verdict === 'refused');
  if (refused.length > 0) {
    throw new ConfigError(refused.map(({ item, detail }) => `${item}: ${detail}`).join('\n'), {
      field: refused[0]?.item.split(' ')[0] ?? 'file',
    });
  }
  if (!spec) throw new ConfigError('There is no application: name its file after the flags', { field: 'file' });
  return spec;
}

type Fields = { -readonly [K in keyof JobSpec]?: JobSpec[K] };

class Line {
  readonly #options: TranslateOptions;
  readonly #verdicts: Verdict[] = [];
  readonly #fields: Fields = {};
  readonly #fromFile = new Map<string, string>();
  readonly #fromConf = new Map<string, string>();
  /** From flags that are settings by another name: they win. */
  readonly #fromFlags = new Map<string, string>();
  /** Settings that a field of the request says already. */
  readonly #covered = new Map<string, string>();
  #deployMode = false;

  constructor(options: TranslateOptions) {
    this.#options = options;
  }

  async take({ name, typed, value = '' }: Given): Promise<void> {
    const flag = Object.hasOwn(sparkFlags, name) ? sparkFlags[name] : undefined;
    if (!flag) return;
    const { use } = flag;
    const shown = use.as === 'conf' ? shownSetting(value) : redactText(value);
    const say = (verdict: Verdict['verdict'], detail: string, warn = false): void => {
      this.#verdicts.push({ item: `${typed} ${shown}`.trim(), verdict, detail, ...(warn && { warn: true }) });
    };
    await this.#use(use, typed, value, say);
  }

  async #use(use: SparkFlagUse, typed: string, value: string, say: Say): Promise<void> {
    switch (use.as) {
      case 'text':
        if (value === '') return say('refused', 'is empty');
        this.#set(use.field, value, use.conf, typed);
        return say('taken', use.field);
      case 'label':
        if (value.trim() === '') return say('refused', 'is empty');
        this.#fields.name = value;
        return say('taken', 'the label that ls and status show; Livy and YARN get a name that proves which run it is');
      case 'size': {
        const size = readSize(value);
        if (size === undefined) return say('refused', 'is no size; write 4g or 512m');
        this.#set(use.field, size, use.conf, typed);
        return say('taken', size === value ? use.field : `${use.field}, as ${size}`);
      }
      case 'count': {
        const count = readCount(value, use.least);
        if (count === undefined) return say('refused', `is no whole number from ${use.least}`);
        this.#set(use.field, count, use.conf, typed);
        return say('taken', use.field);
      }
      case 'paths':
        return this.#paths(use.field, use.conf, value, typed, say);
      case 'conf':
        return this.#conf(value, say);
      case 'properties':
        return this.#properties(value, say);
      case 'mapped':
        if (value.trim() === '' && use.value !== 'may-be-empty') return say('refused', 'is empty');
        if (use.value === 'count' && readCount(value, 1) === undefined) {
          return say('refused', 'is no whole number from 1');
        }
        this.#fromFlags.set(use.conf, value);
        return say('mapped', `conf ${use.conf}${use.detail === undefined ? '' : `; ${use.detail}`}`);
      case 'master':
        return this.#judged(readMaster(value, this.#options.allowClusterMode), say);
      case 'deploy-mode':
        this.#deployMode = true;
        return this.#judged(readDeployMode(value, this.#options.allowClusterMode), say);
      case 'accepted':
        return say('accepted', use.detail);
      case 'refused':
        return say('refused', `${use.reason}; ${use.wayOut}`);
    }
  }

  #judged({ verdict, detail }: Pick<Verdict, 'verdict' | 'detail'>, say: Say): void {
    say(verdict, detail, verdict === 'ignored');
  }

  #set<F extends keyof Fields>(field: F, value: NonNullable<Fields[F]>, conf: string | undefined, typed: string): void {
    this.#fields[field] = value;
    if (conf !== undefined) this.#covered.set(conf, typed);
  }

  #paths(field: PathList, conf: string, value: string, typed: string, say: Say): void {
    const { paths, refused, notes } = readPaths(value, this.#options);
    if (refused.length > 0) return say('refused', refused.join('; '));
    if (paths.length === 0) return say('refused', 'is empty');
    this.#set(field, paths, conf, typed);
    say('taken', [field, ...notes].join('; '), notes.length > 0);
  }

  #conf(setting: string, say: Say): void {
    const cut = setting.indexOf('=');
    const key = cut < 0 ? setting : setting.slice(0, cut);
    const value = setting.slice(cut + 1);
    if (cut < 1) return say('refused', 'is no key=value');
    if (!key.startsWith('spark.')) {
      return say('ignored', 'only settings that start with spark. travel; spark-submit ignores this one too', true);
    }
    if (key === 'spark.master') return this.#judged(readMaster(value, this.#options.allowClusterMode), say);
    if (key === 'spark.submit.deployMode') {
      this.#deployMode = true;
      return this.#judged(readDeployMode(value, this.#options.allowClusterMode), say);
    }
    this.#setting(key, value, this.#fromConf, say);
  }

  #setting(key: string, value: string, to: Map<string, string>, say: Say): void {
    const no = Object.hasOwn(refusedSettings, key) ? refusedSettings[key] : undefined;
    const { paths, refused, notes } = pathSettings.includes(key)
      ? readPaths(value, this.#options)
      : { paths: [value], refused: [], notes: [] };
    const reasons = no ? [no.reason, no.wayOut] : refused;
    if (reasons.length > 0) return say('refused', reasons.join('; '));
    to.set(key, paths.join(','));
    say('taken', ['conf', ...notes].join('; '), notes.length > 0);
  }

  async #properties(path: string, say: Say): Promise<void> {
    const full = path.startsWith('/') ? path : `${this.#options.cwd}/${path}`;
    const text = await this.#options.readFile(full);
    if (text === undefined) return say('refused', `${full} is not there`);
    const { conf, ignored } = parseProperties(text);
    this.#fromFile.clear(); // given twice, the last one counts
    for (const [key, value] of conf) {
      if (key === 'spark.master' || key === 'spark.submit.deployMode') {
        const read = key === 'spark.master' ? readMaster : readDeployMode;
        const { verdict, detail } = read(value, this.#options.allowClusterMode);
        if (verdict !== 'accepted') {
          this.#verdicts.push({
            item: `${key}=${value}`,
            verdict,
            detail,
            ...(verdict === 'ignored' && { warn: true }),
          });
        }
      } else {
        // One line for the whole file, and one for each setting that needs more words.
        this.#setting(key, value, this.#fromFile, (verdict, detail, warn = false) => {
          if (verdict !== 'refused' && !warn) return;
          this.#verdicts.push({ item: shownSetting(`${key}=${value}`), verdict, detail, ...(warn && { warn }) });
        });
      }
    }
    const left = ignored.length === 0 ? '' : `; ignored, for they do not start with spark.: ${ignored.join(', ')}`;
    say('taken', `${this.#fromFile.size} settings to conf; flags win over them${left}`, ignored.length > 0);
  }

  finish([file, ...args]: readonly string[]): Translation {
    const conf = new Map([...this.#fromFile, ...this.#fromConf, ...this.#fromFlags]);
    for (const [key, flag] of this.#covered) {
      if (conf.delete(key))
        this.#verdicts.push({ item: `conf ${key}`, verdict: 'ignored', detail: `${flag} wins over it` });
    }
    for (const key of this.#fromFlags.keys()) {
      if (this.#fromConf.has(key))
        this.#verdicts.push({ item: `conf ${key}`, verdict: 'ignored', detail: 'its flag wins over it' });
    }
    if (!this.#deployMode) {
      this.#verdicts.push({
        item: '(no --deploy-mode)',
        verdict: 'accepted',
        detail:
          'spark-submit would start the driver here; Livy starts it where its server is set to (on EMR: in the cluster)',
      });
    }
    const spec = this.#spec(file, args, conf);
    this.#verdicts.push(...environmentVerdicts(this.#options.env, Object.fromEntries(conf)));
    return { ...(spec && { spec }), verdicts: this.#verdicts };
  }

  #spec(file: string | undefined, args: readonly string[], conf: ReadonlyMap<string, string>): JobSpec | undefined {
    if (file === undefined) return undefined;
    const read = file === 'run-example' && !this.#options.exists(file) ? RUN_EXAMPLE : readPath(file, this.#options);
    const item = `<file> ${redactText(file)}`;
    if (read.kind === 'refused') this.#verdicts.push({ item, verdict: 'refused', detail: read.reason });
    else {
      const notes = read.note === undefined ? [] : [read.note];
      this.#verdicts.push({
        item,
        verdict: 'taken',
        detail: ['file', ...notes].join('; '),
        ...(notes.length > 0 && { warn: true }),
      });
    }
    if (args.length > 0) {
      this.#verdicts.push({
        item: `<arguments> ${redactArgs(args).join(' ')}`,
        verdict: 'taken',
        detail: 'args, untouched',
      });
    }
    const label = this.#fields.name ?? conf.get('spark.app.name');
    const spec: JobSpec = {
      ...this.#fields,
      file: read.kind === 'ok' ? read.path : file,
      ...(args.length > 0 && { args }),
      ...(label !== undefined && { name: label }),
      ...(conf.size > 0 && { conf: Object.fromEntries(conf) }),
    };
    const judged = this.#options.stages ? withoutPaths(spec) : spec;
    this.#verdicts.splice(0, Infinity, ...fieldVerdicts(judged, this.#verdicts, read.kind === 'ok'));
    return spec;
  }
}

/** What is put into S3 gets another address, and that is looked at once it is known. */
const withoutPaths = ({ jars: _j, pyFiles: _p, files: _f, archives: _a, ...spec }: JobSpec): JobSpec => ({
  ...spec,
  file: '/staged',
});

const RUN_EXAMPLE = {
  kind: 'refused',
  reason:
    "starts an example of this machine's Spark; name the jar where the cluster has it: " +
    '--class org.apache.spark.examples.SparkPi /usr/lib/spark/examples/jars/spark-examples.jar 10',
} as const;

type Say = (verdict: Verdict['verdict'], detail: string, warn?: boolean) => void;

/** For showing a request: values of secret-looking settings and arguments masked, as they are in the ledger. */
export function redactRequest(request: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(request).map(([key, value]) => {
      if (key === 'args' && Array.isArray(value)) return [key, redactArgs(value.map(String))];
      if (key === 'conf' && typeof value === 'object' && value !== null) {
        const entries = Object.entries(value).map(([name, setting]: [string, unknown]) => [
          name,
          isSecretName(name) ? REDACTED : typeof setting === 'string' ? redactText(setting) : setting,
        ]);
        return [key, Object.fromEntries(entries) as unknown];
      }
      return [key, typeof value === 'string' ? redactText(value) : value];
    }),
  );
}

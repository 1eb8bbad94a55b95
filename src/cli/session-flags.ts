import { extname } from 'node:path';
import { type LiveSession, loadSession, type SessionOptions } from '../app/index.js';
import { ConfigError } from '../core/index.js';
import { needUrl } from './context.js';
import type { Args, Context } from './define.js';
import type { OptionTable } from './option-spec.js';
import { ProgressView } from './progress-view.js';
import { sparkOptions } from './spark-submit/flags.js';
import { livyPlace } from './spark-submit/paths.js';
import { specOf, translate } from './spark-submit/translate.js';

type Kind = NonNullable<SessionOptions['kind']>;

const SESSION = 'Session';

/** Those of spark-submit's flags that a session has, too. */
const ofSpark = [
  'conf',
  'properties-file',
  'packages',
  'repositories',
  'jars',
  'py-files',
  'files',
  'archives',
  'queue',
  'proxy-user',
  'driver-memory',
  'driver-cores',
  'executor-memory',
  'executor-cores',
  'num-executors',
] as const;

/** The flags of verbs that talk to a session. */
export const sessionOptions = {
  session: {
    type: 'string',
    alias: 's',
    describe:
      'Name of the session: used where it is there, made where it is not, and kept (default: one of its own, closed in the end)',
    group: SESSION,
  },
  close: {
    type: 'string',
    choices: ['always', 'never', 'if-created'],
    describe: 'Whether the session is closed in the end (default: never with --session, else always)',
    group: SESSION,
  },
  remake: { type: 'boolean', describe: 'Make the session anew where it is dead', group: SESSION },
  ...(Object.fromEntries(ofSpark.map((name) => [name, sparkOptions[name]]).filter(([, spec]) => spec)) as OptionTable),
} as const satisfies OptionTable;

export const kindOption = {
  kind: {
    type: 'string',
    choices: ['pyspark', 'spark', 'scala', 'sparkr', 'sql'],
    describe: 'Language of the code (default: by the file’s ending, else pyspark)',
    group: SESSION,
  },
} as const satisfies OptionTable;

export type SessionArgs = Args<
  Pick<typeof sessionOptions, 'session' | 'close' | 'remake'> & {
    readonly quiet: { readonly type: 'boolean'; readonly describe: string };
  }
>;

const byEnding: Readonly<Record<string, Kind>> = { '.py': 'pyspark', '.scala': 'spark', '.r': 'sparkr', '.sql': 'sql' };

/** The language that a flag names, else the one that the file's ending does. */
export function kindOf(flag: string | undefined, file?: string): Kind {
  if (flag === 'scala') return 'spark';
  return (flag as Kind | undefined) ?? byEnding[extname(file ?? '').toLowerCase()] ?? 'pyspark';
}

const OWN_SETTING = /^(?:livy|emr-serverless)\.[^=]*=/;

/** No session has a file of its own; spark-submit's line must have one. */
const NO_FILE = 's3://none/none.py';

/** @throws ConfigError */
async function fieldsOf(
  args: SessionArgs,
  { io, out, readFile }: Context,
  url: string | undefined,
): Promise<SessionOptions> {
  // Settings of the session itself, and EMR Serverless's role: spark-submit knows none of them.
  const own = args.given.filter(({ name, value }) => name === 'conf' && OWN_SETTING.test(value ?? ''));
  const given = args.given.filter((one) => !own.includes(one));
  const translation = await translate(given, [NO_FILE], {
    cwd: io.cwd,
    env: io.env,
    livy: livyPlace(url),
    exists: (path) => io.exists(path),
    allowClusterMode: true,
    readFile,
  });
  for (const { item, detail, warn } of translation.verdicts) if (warn) out.warn(`${item}: ${detail}`);
  const { file: _file, args: _args, name: _name, className: _class, ...fields } = specOf(translation);
  if (own.length === 0) return fields;
  const conf: Record<string, string | number | boolean> = { ...fields.conf };
  for (const { value = '' } of own) conf[value.slice(0, value.indexOf('='))] = value.slice(value.indexOf('=') + 1);
  return { ...fields, conf };
}

/** Opens the session that the flags name, telling on the way what it waits for. @throws ConfigError, and as openSession */
export async function openFor(
  args: SessionArgs,
  kind: Kind,
  context: Context,
  signal: AbortSignal,
): Promise<LiveSession> {
  const { io, out } = context;
  const { session: name, close } = args;
  const settings = await context.settings();
  needUrl(settings);
  const fields = await fieldsOf(args, context, settings.url);
  const livywire = await context.connect(settings, { mustAnswer: true });
  if (!livywire.livys?.length) {
    throw new ConfigError('Sessions need a Livy; --backend emr-step and EMR Serverless job runs have none', {
      field: '--url',
    });
  }
  const { openSession } = await loadSession();
  const view = new ProgressView(io, out);
  try {
    return await openSession(livywire, {
      ...fields,
      kind,
      ...(name !== undefined && { name }),
      ...(close !== undefined && { close }),
      ifDead: args.remake ? 'remake' : 'throw',
      clock: io.clock,
      signal,
      onNote: (text) => out.warn(text),
      onState: (state, { id }) => {
        if (state !== 'idle' && state !== 'busy')
          view.show({ step: 'session', message: `session ${name ?? id} is ${state}` });
      },
    });
  } catch (error) {
    if (signal.aborted && name !== undefined) {
      out.warn(`interrupted while session ${name} was opened: where it was there or was asked for, it goes on`);
    }
    throw error;
  } finally {
    view.close();
  }
}

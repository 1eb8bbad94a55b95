import { resolve } from 'node:path';
import type { SynthWish } from '../app/index.js';
import { ConfigError, parseS3Url } from '../core/index.js';
import type { Args, Context } from './define.js';
import { countOf } from './options.js';
import type { synthOptions } from './synth-options.js';
import { inputOf } from './workflow-run.js';

export type SynthArgs = Args<typeof synthOptions> & {
  readonly input: string | undefined;
  readonly 'cluster-id': string | undefined;
};

type Options = SynthWish['options'];
type Trigger = NonNullable<Options['trigger']>;

const ofFunctions = ['submit', 'status', 'cancel', 'diagnose', 'watch'] as const;

/** The same object without what is not given. */
type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
const given = <T extends object>(fields: T): Given<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== false)) as Given<T>;

const some = <T>(values: readonly T[]): readonly T[] | undefined => (values.length === 0 ? undefined : values);

/** `NAME=VALUE` pairs. @throws ConfigError */
function pairs(words: readonly string[], flag: string): Readonly<Record<string, string>> | undefined {
  const found: Record<string, string> = {};
  for (const word of words) {
    const cut = word.indexOf('=');
    if (cut < 1) throw new ConfigError(`${flag}: ${JSON.stringify(word)} is not NAME=VALUE`, { field: flag });
    const name = word.slice(0, cut);
    if (Object.hasOwn(found, name)) throw new ConfigError(`${flag}: ${name} is given twice`, { field: flag });
    found[name] = word.slice(cut + 1);
  }
  return words.length === 0 ? undefined : found;
}

/** The same with a known name in front; `functions` stands for all five of them. @throws ConfigError */
function parts(
  words: readonly string[],
  flag: string,
  others: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const found = pairs(words, flag);
  if (!found) return undefined;
  const { functions, ...rest } = found;
  const names: readonly string[] = [...ofFunctions, ...others];
  const wrong = Object.keys(rest).find((name) => !names.includes(name));
  if (wrong !== undefined)
    throw new ConfigError(`${flag}: there is no ${wrong}; there are functions, ${names.join(', ')}`, { field: flag });
  return { ...(functions !== undefined && Object.fromEntries(ofFunctions.map((name) => [name, functions]))), ...rest };
}

/** What starts it. @throws ConfigError */
async function triggerOf(args: SynthArgs, context: Context): Promise<Trigger | undefined> {
  const { trigger, schedule, input: text } = args;
  const [flag] = trigger === undefined ? ['--schedule'] : ['--trigger'];
  if (trigger !== undefined && schedule !== undefined)
    throw new ConfigError('--trigger and --schedule: one machine is started by one of them', { field: '--schedule' });
  if (trigger === undefined && schedule === undefined) {
    if (text === undefined) return undefined;
    throw new ConfigError('--input is for --trigger or --schedule: the input of the executions that they start', {
      field: '--input',
    });
  }
  if (text === undefined)
    throw new ConfigError(
      `${flag} needs --input: the input of an execution, as in {"job": {"file": "s3://jobs/etl.py", "args": ["{${trigger === undefined ? 'date' : 'uri'}}"]}}`,
      { field: '--input' },
    );
  const input = await inputOf(text, context);
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw new ConfigError('--input must be an object of JSON', { field: '--input' });
  if (trigger === undefined) return { kind: 'schedule', expression: schedule ?? '', input } as Trigger;
  const { bucket, key } = parseS3Url(trigger, '--trigger');
  // A slash at its end is part of the prefix: sales/ is not sales-old/.
  const prefix = trigger.endsWith('/') && key !== '' ? `${key}/` : key;
  return { kind: 's3', bucket, prefix, input } as Trigger;
}

async function policyOf(file: string | undefined, { readFile, io }: Context): Promise<Options['machinePolicy']> {
  if (file === undefined) return undefined;
  const refuse = (why: string): never => {
    throw new ConfigError(`--machine-policy: ${file} ${why}`, { field: '--machine-policy' });
  };
  const text = (await readFile(resolve(io.cwd, file))) ?? refuse('is not there');
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    refuse('is no JSON');
  }
  const isStatement = (one: unknown): boolean =>
    typeof one === 'object' && one !== null && 'Effect' in one && 'Action' in one;
  if (!Array.isArray(read) || !read.every(isStatement)) refuse('is no list of statements, each with Effect and Action');
  return read as Options['machinePolicy'];
}

/** What the flags say about a deployment. @throws ConfigError naming the flag */
export async function synthSettings(args: SynthArgs, context: Context): Promise<Omit<Options, 'machine'>> {
  const env = { ...pairs(args.env, '--env'), ...(args.url !== undefined && { LIVYWIRE_URL: args.url }) };
  return given({
    namePrefix: args['name-prefix'],
    cluster: args.cluster,
    clusterId: args['cluster-id'],
    env: Object.keys(env).length === 0 ? undefined : env,
    secrets: pairs(args.secret, '--secret'),
    ledger: args.ledger === undefined ? undefined : parseS3Url(args.ledger, '--ledger'),
    ledgerBucket: args['ledger-bucket'],
    ledgerDays: countOf(args['ledger-days'], '--ledger-days'),
    reads: some(args.reads.map((one) => parseS3Url(one, '--reads'))),
    noVpc: args['no-vpc'],
    vpc: args.vpc,
    subnets: some(args.subnet),
    securityGroups: some(args['security-group']),
    primaryGroup: args['primary-security-group'],
    coreGroup: args['core-security-group'],
    roles: parts(args.role, '--role', ['machine', 'trigger']),
    permissionsBoundary: args['permissions-boundary'],
    machinePolicy: await policyOf(args['machine-policy'], context),
    kmsKey: args['kms-key'],
    tags: pairs(args.tag, '--tag'),
    logGroups: parts(args['log-group'], '--log-group', ['machine', 'audit']),
    logDays: countOf(args['log-days'], '--log-days'),
    architecture: args.architecture,
    memoryMb: countOf(args.memory, '--memory'),
    concurrency: countOf(args.concurrency, '--concurrency'),
    xray: args.xray,
    trigger: await triggerOf(args, context),
    topic: args.topic,
    email: args.email,
    oldestRunHours: countOf(args['oldest-run'], '--oldest-run'),
    audit: args.audit,
  });
}

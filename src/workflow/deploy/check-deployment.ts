import { ConfigError, isSecretName } from '../../core/index.js';
import type { DeployOptions } from './options.js';
import { handlers } from './options.js';
import { logRetentions } from './logs.js';
import { callsHandlers, deployedDefinition } from './machine.js';

type Check = readonly [flag: string, given: readonly string[], right: RegExp, what: string];

const one = (text: string | undefined): readonly string[] => (text === undefined ? [] : [text]);
const values = (group: Readonly<Record<string, string | undefined>> | undefined): readonly string[] =>
  Object.values(group ?? {}).flatMap((text) => (text === undefined ? [] : [text]));

const id = (kind: string): RegExp => new RegExp(`^${kind}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`);
const ROLE = /^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/;

const texts = (options: DeployOptions): readonly Check[] => [
  ['--name-prefix', one(options.namePrefix), /^[\w-]{1,30}$/, 'letters, digits, - and _, at most 30'],
  ['--cluster-id', one(options.clusterId), /^j-[A-Z0-9]+$/, 'the id of a cluster, j-…'],
  ['--vpc', one(options.vpc), id('vpc'), 'the id of a VPC, vpc-…'],
  ['--subnet', options.subnets ?? [], id('subnet'), 'the id of a subnet, subnet-…'],
  ['--security-group', options.securityGroups ?? [], id('sg'), 'the id of a security group, sg-…'],
  ['--primary-security-group', one(options.primaryGroup), id('sg'), 'the id of a security group, sg-…'],
  ['--core-security-group', one(options.coreGroup), id('sg'), 'the id of a security group, sg-…'],
  ['--role', values(options.roles), ROLE, 'the ARN of a role, arn:aws:iam::123456789012:role/…'],
  [
    '--permissions-boundary',
    one(options.permissionsBoundary),
    /^arn:[\w-]+:iam::(?:\d{12}|aws):policy\/[\w+=,.@/-]+$/,
    'the ARN of a policy, arn:aws:iam::123456789012:policy/…',
  ],
  [
    '--kms-key',
    one(options.kmsKey),
    /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/,
    'the ARN of a key, arn:aws:kms:…:key/…',
  ],
  ['--topic', one(options.topic), /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/, 'the ARN of a topic, arn:aws:sns:…'],
  ['--email', one(options.email), /^[^@\s]+@[^@\s]+$/, 'an address, as in data@example.com'],
  ['--log-group', values(options.logGroups), /^[\w./#-]{1,512}$/, 'the name of a log group'],
  ['--ledger-bucket', one(options.ledgerBucket), /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket'],
  [
    '--tag',
    Object.keys(options.tags ?? {}),
    /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+@-]{1,128}$/u,
    'a name that does not begin with aws:',
  ],
  [
    '--secret',
    values(options.secrets),
    /^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+(?:#[\w.-]+)?$/,
    'the ARN of a secret, with #field where it is JSON',
  ],
  [
    '--env',
    Object.keys({ ...options.env, ...options.secrets }),
    /^(?!AWS_|_)[A-Z][A-Z0-9_]*$/,
    'the name of a variable, LIVYWIRE_…',
  ],
  [
    '--schedule',
    one(options.trigger?.kind === 'schedule' ? options.trigger.expression : undefined),
    /^(?:rate\(\d+ (?:minutes?|hours?|days?)\)|cron\([^()]+\))$/,
    'rate(1 hour) or cron(0 3 * * ? *)',
  ],
];

type Bounds = readonly [flag: string, given: number | undefined, least: number, most: number];
const numbers = (options: DeployOptions): readonly Bounds[] => [
  ['--memory', options.memoryMb, 128, 10_240],
  ['--concurrency', options.concurrency, 1, 1_000],
  ['--ledger-days', options.ledgerDays, 1, 36_500],
  ['--oldest-run', options.oldestRunHours, 1, 8_760],
];

/** Pairs that contradict each other, or mean nothing without the other. */
function contradictions(options: DeployOptions): readonly (readonly [boolean, string, string])[] {
  const {
    noVpc = false,
    vpc,
    subnets,
    securityGroups,
    primaryGroup,
    ledger,
    ledgerBucket,
    env = {},
    cluster,
  } = options;
  const isInVpc =
    vpc !== undefined || subnets !== undefined || securityGroups !== undefined || primaryGroup !== undefined;
  return [
    [noVpc && isInVpc, '--no-vpc', 'is given beside a VPC, a subnet or a group; leave one of them out'],
    [vpc !== undefined && securityGroups !== undefined, '--vpc', 'is for the group that is made, and --security-group brings one'],
    [ledger !== undefined && ledgerBucket !== undefined, '--ledger-bucket', 'names a bucket to make, and --ledger one that is there; give one of them'],
    [ledger !== undefined && options.ledgerDays !== undefined, '--ledger-days', 'is for the bucket that is made; the one of --ledger has rules of its own'],
    [cluster !== undefined && env.LIVYWIRE_URL !== undefined, '--cluster', 'and --url both say where Livy is; give one of them'],
    [env.LIVYWIRE_LEDGER !== undefined, '--env', 'LIVYWIRE_LEDGER is what --ledger is for'],
    [env.LIVYWIRE_CLUSTER !== undefined, '--env', 'LIVYWIRE_CLUSTER is what --cluster is for'],
    [env.LIVYWIRE_VIA !== undefined, '--env', 'LIVYWIRE_VIA means nothing in a function: there is no ssh'],
  ]; // prettier-ignore
}

/** A value that the CDK knows only when it is deployed. */
const isToken = (text: string): boolean => /^\$\{Token\[[^\]]+\]\}$/.test(text);

/** @throws ConfigError with the flag, what was seen and what would be right */
export function checkDeployment(options: DeployOptions): void {
  const refuse = (flag: string, why: string): never => {
    throw new ConfigError(`${flag}: ${why}`, { field: flag });
  };
  for (const [flag, given, right, what] of texts(options))
    for (const text of given)
      if (!right.test(text) && !isToken(text)) refuse(flag, `${JSON.stringify(text)} is not ${what}`);
  for (const [flag, given, least, most] of numbers(options))
    if (given !== undefined && !(Number.isSafeInteger(given) && given >= least && given <= most))
      refuse(flag, `${given} is not a whole number from ${least} to ${most}`);
  if (options.logDays !== undefined && !logRetentions.includes(options.logDays))
    refuse('--log-days', `${options.logDays} is none of what CloudWatch Logs has: ${logRetentions.join(', ')}`);
  for (const [isWrong, flag, why] of contradictions(options)) if (isWrong) refuse(flag, why);
  for (const name of Object.keys(options.env ?? {}))
    if (isSecretName(name))
      refuse('--env', `${name} would stand in the template; give --secret ${name}=<ARN of a secret>`);
  if (!/^[\w-]{1,50}$/.test(options.machine.name))
    refuse(
      'name',
      `${JSON.stringify(options.machine.name)} cannot name a machine: letters, digits, - and _, at most 50`,
    );
  checkFunctionsOnly(options, refuse);
}

const ofFunctions = {
  cluster: '--cluster',
  secrets: '--secret',
  ledger: '--ledger',
  ledgerBucket: '--ledger-bucket',
  ledgerDays: '--ledger-days',
  reads: '--reads',
  noVpc: '--no-vpc',
  vpc: '--vpc',
  subnets: '--subnet',
  securityGroups: '--security-group',
  primaryGroup: '--primary-security-group',
  coreGroup: '--core-security-group',
  architecture: '--architecture',
  memoryMb: '--memory',
  concurrency: '--concurrency',
  oldestRunHours: '--oldest-run',
} as const satisfies Partial<Record<keyof DeployOptions, string>>;

/** What is about functions means nothing for a machine that calls none of ours. */
function checkFunctionsOnly(options: DeployOptions, refuse: (flag: string, why: string) => never): void {
  if (callsHandlers(deployedDefinition(options))) return;
  const isGiven = (value: unknown): boolean => value !== undefined && value !== false;
  const found = Object.entries(ofFunctions).find(([name]) => isGiven(options[name as keyof DeployOptions]));
  if (found) refuse(found[1], `${options.machine.name} calls no function of livywire, so it has no meaning`);
  if (Object.keys(options.env ?? {}).length > 0)
    refuse('--env', `${options.machine.name} calls no function of livywire`);
  const role = handlers.find((handler) => options.roles?.[handler] !== undefined);
  if (role !== undefined)
    refuse('--role', `${options.machine.name} calls no function of livywire, so none needs a role`);
}

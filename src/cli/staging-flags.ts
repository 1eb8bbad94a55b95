import type { RequirementsOptions } from '../app/index.js';
import { ConfigError } from '../core/index.js';
import type { Args, Context } from './define.js';
import type { OptionTable } from './option-spec.js';

const GROUP = 'Files of this machine';

/** Where files go, and which Python packages come with them. */
export const stageOptions = {
  stage: {
    type: 'string',
    describe: 'Put local files into S3 first, as in s3://bucket/prefix, and run them from there',
    group: GROUP,
  },
  requirements: {
    type: 'string',
    describe: 'With --stage: bring the packages of this requirements.txt, as wheels for the cluster',
    group: GROUP,
  },
  'emr-release': {
    type: 'string',
    describe: "The cluster's release, as in emr-7.9.0: says which Python and platform wheels are for",
    group: GROUP,
  },
  'python-version': { type: 'string', describe: "The cluster's Python, as in 3.9, for wheels", group: GROUP },
  platform: {
    type: 'string',
    describe: "The cluster's platform for wheels: x86_64, aarch64, manylinux_2_34_x86_64",
    group: GROUP,
  },
  'pip-python': {
    type: 'string',
    describe: "The Python whose pip gets the wheels (default: the cluster's version, else python3)",
    group: GROUP,
  },
} as const satisfies OptionTable;

export const stagingOptions = {
  ...stageOptions,
  locked: {
    type: 'string',
    describe: 'Run the very bytes that this lock names (livywire stage --out); every word is then an argument',
    group: GROUP,
  },
} as const satisfies OptionTable;

export type StageArgs = Args<typeof stageOptions>;
export type StagingArgs = Args<typeof stagingOptions>;

const OF_WHEELS = ['emr-release', 'python-version', 'platform', 'pip-python'] as const;

/** @throws ConfigError for flags that mean nothing without each other */
export function checkStageFlags(args: StageArgs): void {
  const needs = (flag: string, other: string): never => {
    throw new ConfigError(`--${flag} needs --${other}`, { field: `--${flag}` });
  };
  if (args.requirements !== undefined && args.stage === undefined) {
    throw new ConfigError('--requirements needs --stage s3://bucket/prefix, where the packages are put', {
      field: '--requirements',
    });
  }
  for (const flag of OF_WHEELS) {
    if (args[flag] !== undefined && args.requirements === undefined) needs(flag, 'requirements');
  }
}

/** Flags that name files, with a lock that names them too. @throws ConfigError */
export function checkLockedFlags(args: StagingArgs): void {
  const naming = ['stage', 'requirements', 'jars', 'py-files', 'files', 'archives'];
  const other = args.given.find(({ name }) => naming.includes(name));
  if (!other) return;
  throw new ConfigError(
    `${other.typed} cannot be given with --locked: the lock says which files the job has; make another with livywire stage`,
    { field: other.typed },
  );
}

/** What the flags say about Python packages. */
export function requirementsOf(
  args: StageArgs,
  { io }: Pick<Context, 'io'>,
  onLine: (line: string) => void,
): RequirementsOptions | undefined {
  if (args.requirements === undefined) return undefined;
  const { XDG_CACHE_HOME: cache, HOME: home } = io.env;
  const folder = cache !== undefined && cache !== '' ? cache : home === undefined ? undefined : `${home}/.cache`;
  return {
    file: args.requirements,
    ...(args['emr-release'] !== undefined && { release: args['emr-release'] }),
    ...(args['python-version'] !== undefined && { pythonVersion: args['python-version'] }),
    ...(args.platform !== undefined && { platform: args.platform }),
    ...(args['pip-python'] !== undefined && { python: args['pip-python'] }),
    ...(folder !== undefined && { cacheFolder: `${folder}/livywire` }),
    onLine,
  };
}

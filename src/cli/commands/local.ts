import { loadLocal } from '../../app/index.js';
import { ConfigError } from '../../core/index.js';
import { type Args, type Context, defineCommand } from '../define.js';
import type { OptionTable } from '../option-spec.js';
import { exitCodes } from '../exit-code.js';
import type { LocalServers } from '../io.js';
import { countOf, outputOptions } from '../options.js';
import { ProgressView } from '../progress-view.js';
import { nearest } from '../scan.js';
import { plain, shellWord, since, table } from '../show.js';

const actions = ['up', 'status', 'logs', 'down'] as const;
const servers = [
  'livy',
  'resourcemanager',
  'nodemanager',
  'jobhistory',
  'spark-history',
  'moto',
  'aws',
  'livy-2',
  'livy-3',
] as const;

const options = {
  name: { type: 'string', describe: 'Name of the instance (default: default)', group: 'Which' },
  all: { type: 'boolean', describe: 'down: every instance', group: 'Which' },
  yarn: { type: 'boolean', describe: 'up: put a real YARN behind Livy, as on EMR', group: 'up' },
  aws: {
    type: 'boolean',
    describe: 'up: add S3 and the EMR API, and let Spark read s3:// (implies --yarn)',
    group: 'up',
  },
  'livy-home': { type: 'string', describe: 'up: another Livy, the folder that has bin/livy-server', group: 'up' },
  python: { type: 'string', describe: 'up: the Python to use (default: the first one on the PATH)', group: 'up' },
  port: { type: 'string', describe: "up: Livy's port (default: a free one)", group: 'up' },
  allow: {
    type: 'list',
    describe: 'up: folder whose files may be run as jobs (default: the current one)',
    group: 'up',
  },
  'livy-conf': { type: 'list', describe: 'up: setting of Livy, key=value', group: 'up' },
  'spark-conf': { type: 'list', describe: 'up: setting of Spark, key=value', group: 'up' },
  server: { type: 'string', choices: servers, describe: 'logs: whose log (default livy)', group: 'logs' },
  follow: { type: 'boolean', alias: 'f', describe: 'logs: keep going until the server ends', group: 'logs' },
  tail: { type: 'string', alias: 'n', describe: 'logs: only the last so many lines', group: 'logs' },
  ...outputOptions,
} as const satisfies OptionTable;

type LocalArgs = Args<typeof options>;

/** `key=value` pairs as a record. @throws ConfigError */
function settingsOf(pairs: readonly string[], flag: string): Record<string, string> | undefined {
  if (pairs.length === 0) return undefined;
  return Object.fromEntries(
    pairs.map((pair) => {
      const cut = pair.indexOf('=');
      if (cut < 1) throw new ConfigError(`${flag}: ${JSON.stringify(pair)} is not key=value`, { field: flag });
      return [pair.slice(0, cut), pair.slice(cut + 1)];
    }),
  );
}

/** A profile or a session token of the person's own would win over the keys, and these go nowhere else. */
const awsLines = (aws: NonNullable<Awaited<ReturnType<LocalServers['up']>>['aws']>): string[] => [
  'unset AWS_PROFILE AWS_SESSION_TOKEN',
  `export AWS_ENDPOINT_URL=${aws.endpoint}`,
  `export AWS_REGION=${aws.region}`,
  `export AWS_ACCESS_KEY_ID=${aws.accessKeyId}`,
  `export AWS_SECRET_ACCESS_KEY=${aws.secretAccessKey}`,
];

/** stdout gets what a shell can `eval`; everything else is progress. */
async function up(local: LocalServers, args: LocalArgs, { out, io, signal }: Context): Promise<number> {
  const port = countOf(args.port, '--port');
  const conf = settingsOf(args['livy-conf'], '--livy-conf');
  const sparkConf = settingsOf(args['spark-conf'], '--spark-conf');
  const view = new ProgressView(io, out);
  try {
    const instance = await local.up({
      signal,
      yarn: args.yarn,
      ...(args.aws && { aws: true }),
      onProgress: (progress) => view.show(progress),
      ...(args.name !== undefined && { name: args.name }),
      ...(args['livy-home'] !== undefined && { livyHome: args['livy-home'] }),
      ...(args.python !== undefined && { python: args.python }),
      ...(port !== undefined && { port }),
      ...(args.allow.length > 0 && { allow: args.allow }),
      ...(conf && { conf }),
      ...(sparkConf && { sparkConf }),
    });
    view.close();
    const { aws, behind } = instance;
    out.note(`${instance.name} ${instance.reused ? 'was up already' : 'is up'}: Livy at ${instance.url}`);
    out.result(
      `export LIVYWIRE_URL=${instance.url}`,
      ...(behind
        ? [`export LIVYWIRE_YARN_URL=${behind.resourceManager}`, `export LIVYWIRE_HISTORY_URL=${behind.sparkHistory}`]
        : []),
      ...(aws ? awsLines(aws) : []),
    );
    if (aws) out.note(`cluster ${plain(aws.clusterName)}, bucket s3://${aws.bucket}`);
    // The same flags again, for an instance that is up is only found by those it was started with.
    const same = args.given.flatMap(({ typed, value }) => [typed, ...(value === undefined ? [] : [shellWord(value)])]);
    const words = same.filter((word) => !['--json', '--quiet', '-q'].includes(word));
    const named = args.name === undefined ? '' : ` --name ${shellWord(args.name)}`;
    out.note(
      `for this shell: eval "$(livywire ${['local', 'up', ...words].join(' ')})"; to stop it: livywire local down${named}`,
    );
    out.document({ v: 1, kind: 'local', ...instance });
    return exitCodes.succeeded;
  } finally {
    view.close();
  }
}

async function status(local: LocalServers, args: LocalArgs, { out, io }: Context): Promise<number> {
  const all = await local.instances();
  const found = args.name === undefined ? all : all.filter(({ name }) => name === args.name);
  const now = io.clock.now();
  const rows = found.flatMap((one) => [
    [one.name, one.state, one.url ?? '', `up ${since(one.createdAt, now)}`],
    ...one.servers.map((server) => [`  ${server.name}`, server.state, server.url, `pid ${server.pid}`]),
  ]);
  out.result(...table(rows).map(plain));
  if (found.length === 0)
    out.note(
      `no local instance${args.name === undefined ? '' : ` named ${plain(args.name)}`}; livywire local up starts one`,
    );
  out.document({ v: 1, kind: 'local-status', instances: found });
  const isWell = found.every(({ state }) => state === 'up') && (args.name === undefined || found.length > 0);
  return isWell ? exitCodes.succeeded : exitCodes.outOfReach;
}

async function logs(local: LocalServers, args: LocalArgs, { out, signal }: Context): Promise<number> {
  const tail = countOf(args.tail, '--tail');
  const lines: string[] = [];
  for await (const line of local.instanceLogs({
    follow: args.follow,
    signal,
    ...(args.name !== undefined && { name: args.name }),
    ...(args.server !== undefined && { server: args.server }),
    ...(tail !== undefined && { tail }),
  })) {
    signal.throwIfAborted();
    if (args.json && !args.follow) lines.push(line);
    else out.log(line);
  }
  out.document({ v: 1, kind: 'local-logs', ...(!args.follow && { lines }) });
  return exitCodes.succeeded;
}

async function down(local: LocalServers, args: LocalArgs, { out, signal }: Context): Promise<number> {
  if (args.all && args.name !== undefined)
    throw new ConfigError('--all and --name exclude each other', { field: '--all' });
  const names = args.all ? (await local.instances()).map(({ name }) => name) : [args.name ?? 'default'];
  const stopped: string[] = [];
  for (const name of names) {
    if (await local.down({ name, signal })) {
      stopped.push(name);
      out.result(`stopped ${plain(name)}`);
    } else out.note(`there is no local instance ${plain(name)}`);
  }
  out.document({ v: 1, kind: 'local-down', stopped });
  return exitCodes.succeeded;
}

export const localCommand = defineCommand({
  name: 'local',
  positionals: '<up|status|logs|down>',
  describe: 'A real Livy and Spark on this machine, bound to 127.0.0.1. No container, no root.',
  details: [
    '',
    'The first up fetches Livy and Spark into $XDG_CACHE_HOME/livywire; after that it takes seconds.',
    'An instance stays up until local down stops it, also when this terminal is closed.',
  ],
  examples: [
    ['eval "$(livywire local up)"', 'start it, and let this shell use it'],
    ['livywire run jobs/pi.py', 'a job of this folder'],
    ['livywire local up --yarn --name emr', 'with YARN, as on EMR'],
    ['livywire local up --aws --name nightly', 'with S3 and the EMR API, a cluster called nightly'],
    ['livywire local logs -f', "Livy's own log"],
    ['livywire local down --all', ''],
  ],
  options,
  words: { min: 1, max: 1 },
  async run(args, context) {
    const [action = ''] = args.rest;
    if (!(actions as readonly string[]).includes(action)) {
      const near = nearest(action, actions);
      throw new ConfigError(
        `${JSON.stringify(action)} is not one of ${actions.join(', ')}${near === undefined ? '' : `; did you mean ${near}?`}`,
        { field: 'local' },
      );
    }
    const local: LocalServers = await (context.io.local ?? loadLocal)();
    switch (action as (typeof actions)[number]) {
      case 'up':
        return up(local, args, context);
      case 'status':
        return status(local, args, context);
      case 'logs':
        return logs(local, args, context);
      case 'down':
        return down(local, args, context);
    }
  },
});

import { parseDuration, type SettingWord, settingNames, settingWords } from '../app/index.js';
import { ConfigError } from '../core/index.js';
import type { Args } from './define.js';
import type { OptionSpec, OptionTable } from './option-spec.js';
import { isFreeCode } from './exit-code.js';

const CONNECTION = 'Connection';
const OUTPUT = 'Output';
const WAITING = 'Waiting';

/** One flag for each setting, and the two that say where settings come from. */
export const connectionOptions: OptionTable = {
  ...Object.fromEntries(
    settingNames.map((name): [string, OptionSpec] => {
      const word: SettingWord = settingWords[name];
      const type = word.kind === 'flag' ? 'boolean' : word.kind === 'text' ? 'string' : 'list';
      return [
        word.flag,
        {
          type,
          describe: `${word.describe} [${word.env}]`,
          group: CONNECTION,
          ...(word.notOnCommandLine && { hidden: true }),
        },
      ];
    }),
  ),
  profile: { type: 'string', describe: 'Profile of the config file [LIVYWIRE_PROFILE]', group: CONNECTION },
  config: {
    type: 'string',
    describe: 'Config file (default $XDG_CONFIG_HOME/livywire/config.yaml) [LIVYWIRE_CONFIG]',
    group: CONNECTION,
  },
};

/** For a verb that asks EMR about a cluster, and nobody on it. */
export const clusterOption = {
  cluster: { type: 'string', describe: `${settingWords.cluster.describe} [LIVYWIRE_CLUSTER]`, group: CONNECTION },
} as const satisfies OptionTable;

/** For verbs that only look at the ledger. */
export const ledgerOptions = {
  ledger: { type: 'string', describe: `${settingWords.ledger.describe} [LIVYWIRE_LEDGER]`, group: CONNECTION },
  region: { type: 'string', describe: `${settingWords.awsRegion.describe} [LIVYWIRE_REGION]`, group: CONNECTION },
  'aws-profile': {
    type: 'string',
    describe: `${settingWords.awsProfile.describe} [LIVYWIRE_AWS_PROFILE]`,
    group: CONNECTION,
  },
  profile: { type: 'string', describe: 'Profile of the config file [LIVYWIRE_PROFILE]', group: CONNECTION },
  config: { type: 'string', describe: 'Config file [LIVYWIRE_CONFIG]', group: CONNECTION },
} as const satisfies OptionTable;

export const outputOptions = {
  json: {
    type: 'boolean',
    describe: 'One JSON document on the last line of stdout, and nothing else there',
    group: OUTPUT,
  },
  quiet: { type: 'boolean', alias: 'q', describe: 'Only the result, warnings and errors', group: OUTPUT },
} as const satisfies OptionTable;

/** How much of the log a verb shows that follows a run. */
export const logOptions = {
  verbose: { type: 'boolean', alias: 'v', describe: "Show Spark's own INFO lines too", group: 'Log' },
} as const satisfies OptionTable;

export const waitOptions = {
  timeout: { type: 'string', describe: 'Stop waiting after this long, as in 90s, 15m, 2h', group: WAITING },
  'queue-timeout': {
    type: 'string',
    describe: 'Stop waiting when it does not run so long after it was submitted',
    group: WAITING,
  },
  'on-timeout': {
    type: 'string',
    choices: ['leave', 'cancel'],
    describe: 'What becomes of the job at either of these (default leave)',
    group: WAITING,
  },
  'on-signal': {
    type: 'string',
    choices: ['leave', 'cancel'],
    describe: 'What becomes of the job at SIGINT, SIGTERM, SIGHUP (default leave; Ctrl-C on a terminal asks)',
    group: WAITING,
  },
  'exit-retryable': {
    type: 'string',
    describe: 'Exit code in place of 1 for a failure that may not come again, as in 75',
    group: WAITING,
  },
} as const satisfies OptionTable;

export const submitOptions = {
  key: { type: 'string', describe: 'Name of the run: the same key again finds it and sends nothing', group: 'Run' },
  'retry-of': {
    type: 'string',
    choices: ['failed', 'lost'],
    describe: 'Start a new attempt when the run under this key ended so (failed: or was cancelled; lost: any of these)',
    group: 'Run',
  },
  attempt: {
    type: 'string',
    describe:
      "For schedulers that count their tries: start a new attempt where the last one failed or was cancelled (with --retry-of lost: or was lost), and had a lower number (Airflow: '{{ ti.try_number }}')",
    group: 'Run',
  },
  output: {
    type: 'string',
    describe:
      'Folder the job writes: success also means that its _SUCCESS is a new one (s3://…, an absolute path, file:///…)',
    group: 'Run',
  },
  input: {
    type: 'list',
    describe: 'What the job reads: must be there and readable, else nothing is sent (s3://…, a path of this machine)',
    group: 'Run',
  },
  'force-resend': {
    type: 'boolean',
    describe: 'Send again though an earlier request may have arrived: may start a second application',
    group: 'Run',
  },
  'allow-cluster-mode': {
    type: 'boolean',
    describe: 'Run in the cluster what asks for client mode or another master',
    group: 'Run',
  },
  'dry-run': { type: 'boolean', describe: 'Show the request and send nothing', group: 'Run' },
} as const satisfies OptionTable;

/** @throws ConfigError */
export const durationOf = (text: string | undefined, flag: string): number | undefined =>
  text === undefined ? undefined : parseDuration(text, flag);

/** What `waitOptions` say, read. @throws ConfigError */
export function waitingOf(
  args: Pick<Args<typeof waitOptions>, 'timeout' | 'queue-timeout' | 'on-timeout' | 'exit-retryable'>,
): {
  readonly onTimeout: 'leave' | 'cancel';
  readonly timeoutMs?: number;
  readonly queueTimeoutMs?: number;
  readonly exitRetryable?: number;
} {
  const timeoutMs = durationOf(args.timeout, '--timeout');
  const queueTimeoutMs = durationOf(args['queue-timeout'], '--queue-timeout');
  const exitRetryable = exitRetryableOf(args['exit-retryable']);
  return {
    onTimeout: args['on-timeout'] ?? 'leave',
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(queueTimeoutMs !== undefined && { queueTimeoutMs }),
    ...(exitRetryable !== undefined && { exitRetryable }),
  };
}

/** @throws ConfigError */
export function countOf(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text))
    throw new ConfigError(`${flag}: ${JSON.stringify(text)} is not a whole number`, { field: flag });
  return Number(text);
}

/** @throws ConfigError */
export function exitRetryableOf(text: string | undefined): number | undefined {
  const code = countOf(text, '--exit-retryable');
  if (code === undefined || isFreeCode(code)) return code;
  throw new ConfigError(`--exit-retryable: ${code} means something else already; choose one such as 75`, {
    field: '--exit-retryable',
  });
}

/**
 * Every setting, once: its name in code and in a config file, its flag and its variable. Flags win over the
 * environment, the environment over the profile.
 */
export interface SettingWord {
  /** Without the dashes. */
  readonly flag: string;
  readonly env: string;
  readonly describe: string;
  /** `text` one value, `list` may be given several times, `flag` true or false, `map` name: value pairs. */
  readonly kind: 'text' | 'list' | 'flag' | 'pairs';
  /** Says something about one cluster: never used with another server than the one it was written for. */
  readonly bound?: true;
  /** May not stand in a config file. */
  readonly notInFile?: true;
  /** May not stand on a command line, where every user of the machine can read it. */
  readonly notOnCommandLine?: true;
}

export const settingWords = {
  url: { flag: 'url', env: 'LIVYWIRE_URL', kind: 'text', describe: "Livy's address, http(s)://host:8998" },
  cluster: {
    flag: 'cluster',
    env: 'LIVYWIRE_CLUSTER',
    kind: 'text',
    describe: 'EMR cluster in place of an address: name, id, tag:key=value, or auto for the only one with Livy',
  },
  backend: {
    flag: 'backend',
    env: 'LIVYWIRE_BACKEND',
    kind: 'text',
    describe: 'What takes the jobs: livy (default), emr-step, with --cluster and from anywhere, or emr-serverless',
  },
  application: {
    flag: 'application',
    env: 'LIVYWIRE_APPLICATION',
    kind: 'text',
    describe: 'Id of the EMR Serverless application that takes the jobs',
  },
  logUri: {
    flag: 'log-uri',
    env: 'LIVYWIRE_LOG_URI',
    kind: 'text',
    bound: true,
    describe: "Where in S3 EMR puts our logs (default: the cluster's or the application's own place)",
  },
  addresses: {
    flag: 'addresses',
    env: 'LIVYWIRE_ADDRESSES',
    kind: 'text',
    describe: "Which of the cluster's addresses are used: private or public (default private)",
  },
  executionRole: {
    flag: 'execution-role',
    env: 'LIVYWIRE_EXECUTION_ROLE',
    kind: 'text',
    bound: true,
    describe: 'ARN of the runtime role in whose name jobs run on the cluster',
  },
  user: { flag: 'user', env: 'LIVYWIRE_USER', kind: 'text', bound: true, describe: 'User name for basic auth' },
  password: {
    flag: 'password',
    env: 'LIVYWIRE_PASSWORD',
    kind: 'text',
    bound: true,
    notInFile: true,
    notOnCommandLine: true,
    describe: 'Password for basic auth',
  },
  passwordFile: {
    flag: 'password-file',
    env: 'LIVYWIRE_PASSWORD_FILE',
    kind: 'text',
    bound: true,
    describe: 'File that holds the password; - reads it from stdin',
  },
  token: {
    flag: 'token',
    env: 'LIVYWIRE_TOKEN',
    kind: 'text',
    bound: true,
    notInFile: true,
    notOnCommandLine: true,
    describe: 'Bearer token',
  },
  tokenFile: {
    flag: 'token-file',
    env: 'LIVYWIRE_TOKEN_FILE',
    kind: 'text',
    bound: true,
    describe: 'File that holds a bearer token; read again when the server refuses it',
  },
  tokenCommand: {
    flag: 'token-command',
    env: 'LIVYWIRE_TOKEN_COMMAND',
    kind: 'text',
    bound: true,
    describe: 'Shell command that prints a bearer token; run again when the server refuses it',
  },
  headers: {
    flag: 'header',
    env: 'LIVYWIRE_HEADERS',
    kind: 'pairs',
    bound: true,
    describe: "Header for every request to Livy, 'Name: value'",
  },
  proxy: {
    flag: 'proxy',
    env: 'LIVYWIRE_PROXY',
    kind: 'text',
    describe: 'Proxy for every request: socks5h://host:port or http://host:port; none switches HTTPS_PROXY off',
  },
  via: {
    flag: 'via',
    env: 'LIVYWIRE_VIA',
    kind: 'text',
    describe:
      'Way into the network that livywire opens and closes itself: ssh:<host> by your own ssh, ssm by Session Manager',
  },
  map: {
    flag: 'map',
    env: 'LIVYWIRE_MAP',
    kind: 'list',
    describe: 'Connect elsewhere for a host, as in ip-10-0-3-9.ec2.internal:8042=127.0.0.1:18042',
  },
  redirectHosts: {
    flag: 'redirect-host',
    env: 'LIVYWIRE_REDIRECT_HOSTS',
    kind: 'list',
    bound: true,
    describe: 'Host that may be sent our credentials when a server redirects to it, as in *.corp',
  },
  ca: { flag: 'ca', env: 'LIVYWIRE_CA', kind: 'text', describe: 'PEM file of the authority that signed the servers' },
  cert: { flag: 'cert', env: 'LIVYWIRE_CERT', kind: 'text', bound: true, describe: 'PEM file of our certificate' },
  certKey: {
    flag: 'cert-key',
    env: 'LIVYWIRE_CERT_KEY',
    kind: 'text',
    bound: true,
    describe: "PEM file of our certificate's private key",
  },
  insecure: {
    flag: 'insecure',
    env: 'LIVYWIRE_INSECURE',
    kind: 'flag',
    bound: true,
    describe: "Do not check the servers' certificates",
  },
  yarnUrl: {
    flag: 'yarn-url',
    env: 'LIVYWIRE_YARN_URL',
    kind: 'text',
    bound: true,
    describe:
      "The ResourceManager's address, http(s)://host:8088; several, with commas, where some are standby; none: do without",
  },
  yarnUser: {
    flag: 'yarn-user',
    env: 'LIVYWIRE_YARN_USER',
    kind: 'text',
    bound: true,
    describe: 'Who we say we are to YARN (user.name), where it takes our word for it',
  },
  yarnSeesAll: {
    flag: 'yarn-sees-all',
    env: 'LIVYWIRE_YARN_SEES_ALL',
    kind: 'flag',
    bound: true,
    describe: "A promise that this user sees everybody's applications; a wrong one can start a job twice",
  },
  logServerUrl: {
    flag: 'log-server-url',
    env: 'LIVYWIRE_LOG_SERVER_URL',
    kind: 'text',
    bound: true,
    describe: "The server that shows YARN's collected logs, http(s)://host:19888 (default: as YARN says)",
  },
  historyUrl: {
    flag: 'history-url',
    env: 'LIVYWIRE_HISTORY_URL',
    kind: 'text',
    bound: true,
    describe: "Spark's History Server, http(s)://host:18080",
  },
  ledger: {
    flag: 'ledger',
    env: 'LIVYWIRE_LEDGER',
    kind: 'text',
    describe: 'Folder, or s3://bucket/prefix, in which runs are kept (default $XDG_STATE_HOME/livywire)',
  },
  awsRegion: {
    flag: 'region',
    env: 'LIVYWIRE_REGION',
    kind: 'text',
    describe: 'AWS region (default AWS_REGION, else the AWS profile)',
  },
  awsProfile: {
    flag: 'aws-profile',
    env: 'LIVYWIRE_AWS_PROFILE',
    kind: 'text',
    describe: 'Profile of ~/.aws (default AWS_PROFILE)',
  },
  requestTimeout: {
    flag: 'request-timeout',
    env: 'LIVYWIRE_REQUEST_TIMEOUT',
    kind: 'text',
    describe: 'Longest wait for one answer of a server, as in 30s',
  },
} as const satisfies Record<string, SettingWord>;

export type SettingName = keyof typeof settingWords;
export const settingNames = Object.keys(settingWords) as readonly SettingName[];

/** What flags gave, by setting name. */
export type SettingsFlags = { readonly [name in SettingName]?: string | readonly string[] | boolean | undefined };

import { type Actor, ConfigError, isS3Url, type Logger } from '../core/index.js';
import type { ClusterWishes } from './locate.js';
import type { AwsSettings } from '../aws/index.js';
import { awsSettings, type LazyAws, lazyAws } from './aws.js';
import type { ServerlessSettings } from './settings-cluster.js';
import { createLivywire, type Livywire } from './livywire.js';
import { openLedger } from './open-ledger.js';
import { authOf, networkOptions } from './settings-network.js';
import type { Settings } from './settings.js';

export interface ConnectOptions {
  readonly logger?: Logger;
  /** How much trouble a cluster may be. @defaultValue nothing is waited for */
  readonly cluster?: ClusterWishes;
  /** Who calls, from where: the ledger keeps the repository's commit and the CI run with each attempt. @defaultValue neither */
  readonly caller?: { readonly env: Readonly<Record<string, string | undefined>>; readonly cwd: string };
  /** Who acts, where that is known already. @defaultValue who AWS says we are, else the user of the operating system */
  readonly actor?: Actor;
  /** Whether a watcher of the ledger is believed. @defaultValue `true` */
  readonly believeWatcher?: boolean;
}

/**
 * Settings to wired services. No I/O yet where they name an address; a cluster is looked for, and waited for.
 * @throws ConfigError naming the setting, UnreachableError
 */
export async function connect(settings: Settings, options: ConnectOptions = {}): Promise<Livywire> {
  const { url } = settings;
  const forAws = awsSettings(settings);
  const aws = lazyAws(forAws);
  const cluster = settings.serverless
    ? await serverless(settings.serverless, aws, forAws)
    : settings.cluster && (await (await import('./locate.js')).locate(settings, settings.cluster, options));
  if (url === undefined && cluster === undefined) {
    throw new ConfigError(
      'No Livy address: give --url or --cluster, set LIVYWIRE_URL, or name a profile that has one',
      { field: '--url' },
    );
  }
  const auth = authOf(settings);
  const { yarn: found, ...taker } = cluster && 'yarn' in cluster ? cluster : { ...cluster, yarn: undefined };
  const yarn = settings.withoutYarn ? undefined : found;
  const yarnUrls = settings.yarnUrl === undefined ? yarn?.url : [settings.yarnUrl, ...(settings.yarnOthers ?? [])];
  const logServerUrl = settings.logServerUrl ?? yarn?.logServerUrl;
  const historyUrl = settings.historyUrl ?? (cluster && 'historyUrl' in cluster ? cluster.historyUrl : undefined);
  const [yarnUrl, ...yarnOthers] = yarnUrls ?? [];
  options.cluster?.onFound?.({
    ...(yarnUrl !== undefined && { yarnUrl, yarnOthers }),
    ...(logServerUrl !== undefined && { logServerUrl }),
    ...(historyUrl !== undefined && { historyUrl }),
  });
  return createLivywire({
    ...(cluster ? taker : { url: url ?? '' }),
    ledger: openLedger(settings, options.logger, aws),
    aws: forAws,
    actor: async () =>
      options.actor ??
      (await import('./actor.js')).findActor({
        ...(options.caller ?? { env: {} }),
        logger: options.logger,
        // Where AWS is in use already; nobody else is to wait for it.
        ...(isS3Url(settings.ledger) && { aws }),
      }),
    headers: settings.headers,
    network: networkOptions(settings),
    ...(auth && { auth }),
    ...(yarnUrls !== undefined && {
      yarn: {
        url: yarnUrls,
        seesAllApps: settings.yarnSeesAll,
        ...(settings.yarnUser !== undefined && { user: settings.yarnUser }),
        ...(logServerUrl !== undefined && { logServerUrl }),
      },
    }),
    ...(historyUrl !== undefined && { historyUrl }),
    ...(settings.requestTimeoutMs !== undefined && { requestTimeoutMs: settings.requestTimeoutMs }),
    ...(options.logger && { logger: options.logger }),
    ...(options.believeWatcher !== undefined && { believeWatcher: options.believeWatcher }),
  });
}

async function serverless({ applicationId, ...given }: ServerlessSettings, aws: LazyAws, forAws: AwsSettings) {
  const { room } = await aws();
  return room.connectToServerless(applicationId, { ...forAws, ...given });
}

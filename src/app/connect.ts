import { ConfigError, isS3Url, type Logger } from '../core/index.js';
import { awsSettings, lazyAws } from './aws.js';
import { createLivywire, type Livywire } from './livywire.js';
import { openLedger } from './open-ledger.js';
import { authOf, networkOptions } from './settings-network.js';
import type { Settings } from './settings.js';

export interface ConnectOptions {
  readonly logger?: Logger;
  /** Who calls, from where: the ledger keeps the repository's commit and the CI run with each attempt. @defaultValue neither */
  readonly caller?: { readonly env: Readonly<Record<string, string | undefined>>; readonly cwd: string };
}

/** Settings to wired services. No I/O yet. @throws ConfigError naming the setting */
export function connect(settings: Settings, options: ConnectOptions = {}): Livywire {
  const { url } = settings;
  if (url === undefined) {
    throw new ConfigError('No Livy address: give --url, set LIVYWIRE_URL, or name a profile that has one', {
      field: '--url',
    });
  }
  const auth = authOf(settings);
  const forAws = awsSettings(settings);
  const aws = lazyAws(forAws);
  return createLivywire({
    url,
    ledger: openLedger(settings, options.logger, aws),
    aws: forAws,
    actor: async () =>
      (await import('./actor.js')).findActor({
        ...(options.caller ?? { env: {} }),
        logger: options.logger,
        // Where AWS is in use already; nobody else is to wait for it.
        ...(isS3Url(settings.ledger) && { aws }),
      }),
    headers: settings.headers,
    network: networkOptions(settings),
    ...(auth && { auth }),
    ...(settings.yarnUrl !== undefined && {
      yarn: {
        url: [settings.yarnUrl, ...(settings.yarnOthers ?? [])],
        seesAllApps: settings.yarnSeesAll,
        ...(settings.yarnUser !== undefined && { user: settings.yarnUser }),
        ...(settings.logServerUrl !== undefined && { logServerUrl: settings.logServerUrl }),
      },
    }),
    ...(settings.historyUrl !== undefined && { historyUrl: settings.historyUrl }),
    ...(settings.requestTimeoutMs !== undefined && { requestTimeoutMs: settings.requestTimeoutMs }),
    ...(options.logger && { logger: options.logger }),
  });
}

import { ConfigError, type Logger } from '../core/index.js';
import { createLivywire, type Livywire } from './livywire.js';
import { openLedger } from './open-ledger.js';
import { authOf, networkOptions } from './settings-network.js';
import type { Settings } from './settings.js';

/** Settings to wired services. No I/O yet. @throws ConfigError naming the setting */
export function connect(settings: Settings, options: { readonly logger?: Logger } = {}): Livywire {
  const { url } = settings;
  if (url === undefined) {
    throw new ConfigError('No Livy address: give --url, set LIVYWIRE_URL, or name a profile that has one', {
      field: '--url',
    });
  }
  const auth = authOf(settings);
  return createLivywire({
    url,
    ledger: openLedger(settings, options.logger),
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

import { ConfigError, type Ledger, type Logger } from '../core/index.js';
import { type Auth, basicAuth, bearerAuth } from '../http/index.js';
import { fileLedger } from '../run/index.js';
import { createLivywire, type Livywire } from './livywire.js';
import type { Settings } from './settings.js';

/** The ledger alone, for what needs no server. @throws ConfigError */
export function openLedger(settings: Pick<Settings, 'ledger'>): Ledger {
  if (settings.ledger.startsWith('s3://')) {
    throw new ConfigError(`${settings.ledger}: this version keeps runs in a folder only`, { field: '--ledger' });
  }
  return fileLedger(settings.ledger);
}

/** Settings to wired services. No I/O yet. @throws ConfigError naming the setting */
export function connect(settings: Settings, options: { readonly logger?: Logger } = {}): Livywire {
  const { url, tls } = settings;
  if (url === undefined) {
    throw new ConfigError('No Livy address: give --url, set LIVYWIRE_URL, or name a profile that has one', {
      field: '--url',
    });
  }
  const auth = authOf(settings);
  return createLivywire({
    url,
    ledger: openLedger(settings),
    headers: settings.headers,
    network: {
      env: settings.proxyEnv,
      map: settings.map,
      insecure: tls.insecure,
      ...(settings.proxy !== undefined && { proxy: settings.proxy }),
      ...(tls.ca !== undefined && { ca: tls.ca }),
      ...(tls.cert !== undefined && { cert: tls.cert }),
      ...(tls.key !== undefined && { key: tls.key }),
    },
    ...(auth && { auth }),
    ...(settings.requestTimeoutMs !== undefined && { requestTimeoutMs: settings.requestTimeoutMs }),
    ...(options.logger && { logger: options.logger }),
  });
}

function authOf({ auth }: Settings): Auth | undefined {
  switch (auth.kind) {
    case 'none':
      return undefined;
    case 'basic':
      return basicAuth(auth.user, auth.password);
    case 'bearer':
      return bearerAuth(() => auth.token());
  }
}

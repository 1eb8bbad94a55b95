import { type Auth, basicAuth, bearerAuth, type NetworkOptions } from '../http/index.js';
import type { Settings } from './settings.js';

/** How every host of the cluster is reached, as the settings say. */
export function networkOptions(settings: Settings): NetworkOptions {
  const { tls, proxy, map, redirectHosts, proxyEnv } = settings;
  return {
    map,
    redirectHosts,
    insecure: tls.insecure,
    ...(proxy === undefined ? { env: proxyEnv } : { proxy }),
    ...(tls.ca !== undefined && { ca: tls.ca }),
    ...(tls.cert !== undefined && { cert: tls.cert }),
    ...(tls.key !== undefined && { key: tls.key }),
  };
}

/** Who we are to Livy. To nobody else: the servers behind it are not sent our credentials. */
export function authOf({ auth }: Settings): Auth | undefined {
  switch (auth.kind) {
    case 'none':
      return undefined;
    case 'basic':
      return basicAuth(auth.user, auth.password);
    case 'bearer':
      return bearerAuth(() => auth.token());
  }
}

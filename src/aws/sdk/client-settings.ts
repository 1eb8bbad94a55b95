import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { VERSION } from '../../core/index.js';
import type { Network } from '../../http/index.js';
import type { AwsSettings } from '../settings.js';
import { RoutedHandler } from './routed-handler.js';

export interface ClientSettings extends AwsSettings {
  readonly network: Network;
}

/** What every client is made with. */
export function clientConfig({ region, profile, endpointUrl, network }: ClientSettings) {
  const requestHandler = new RoutedHandler(network);
  return {
    requestHandler,
    // Given only so that the calls for credentials (SSO, STS) take the same way out as all others.
    credentials: defaultProvider({ clientConfig: { requestHandler }, ...(profile !== undefined && { profile }) }),
    retryMode: 'adaptive',
    maxAttempts: 5,
    customUserAgent: [['livywire', VERSION] as [string, string]],
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
  };
}

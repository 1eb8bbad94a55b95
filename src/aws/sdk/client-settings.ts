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
    credentials: credentials(profile, requestHandler),
    retryMode: 'adaptive',
    maxAttempts: 5,
    customUserAgent: [['livywire', VERSION] as [string, string]],
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
  };
}

/**
 * The SDK's own chain, given only so that its calls (SSO, STS) take the same way out as all others, and its failures
 * say which profile was asked for.
 */
function credentials(profile: string | undefined, requestHandler: RoutedHandler): ReturnType<typeof defaultProvider> {
  const chain = defaultProvider({ clientConfig: { requestHandler }, ...(profile !== undefined && { profile }) });
  return async (...given) => {
    try {
      return await chain(...given);
    } catch (error) {
      throw profile !== undefined && error instanceof Error ? Object.assign(error, { awsProfile: profile }) : error;
    }
  };
}

import { STSClient } from '@aws-sdk/client-sts';
import { type ClientSettings, clientConfig } from './client-settings.js';

export const stsClient = (settings: ClientSettings): STSClient => new STSClient(clientConfig(settings));

export { GetCallerIdentityCommand } from '@aws-sdk/client-sts';

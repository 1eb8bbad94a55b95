import { EMRClient } from '@aws-sdk/client-emr';
import { type ClientSettings, clientConfig } from './client-settings.js';

export const emrClient = (settings: ClientSettings): EMRClient => new EMRClient(clientConfig(settings));

/** The SDK repeats a request whose answer was lost, and a step would be there twice. */
export const emrClientOnce = (settings: ClientSettings): EMRClient =>
  new EMRClient({ ...clientConfig(settings), retryMode: 'standard', maxAttempts: 1 });

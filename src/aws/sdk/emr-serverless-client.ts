import { EMRServerlessClient } from '@aws-sdk/client-emr-serverless';
import { type ClientSettings, clientConfig } from './client-settings.js';

export const emrServerlessClient = (settings: ClientSettings): EMRServerlessClient =>
  new EMRServerlessClient(clientConfig(settings));

/** Of a request that the SDK repeats only the last failure is told, which says nothing about the first. */
export const emrServerlessClientOnce = (settings: ClientSettings): EMRServerlessClient =>
  new EMRServerlessClient({ ...clientConfig(settings), retryMode: 'standard', maxAttempts: 1 });

import { EMRServerlessClient } from '@aws-sdk/client-emr-serverless';
import { type ClientSettings, clientConfig } from './client-settings.js';

export const emrServerlessClient = (settings: ClientSettings): EMRServerlessClient =>
  new EMRServerlessClient(clientConfig(settings));

import { EMRClient } from '@aws-sdk/client-emr';
import { type ClientSettings, clientConfig } from './client-settings.js';

export const emrClient = (settings: ClientSettings): EMRClient => new EMRClient(clientConfig(settings));

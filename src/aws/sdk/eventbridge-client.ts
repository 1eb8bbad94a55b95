import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type ClientSettings, clientConfig } from './client-settings.js';

export const eventBridgeClient = (settings: ClientSettings): EventBridgeClient =>
  new EventBridgeClient(clientConfig(settings));

export { PutEventsCommand } from '@aws-sdk/client-eventbridge';

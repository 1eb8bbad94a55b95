import { SFNClient } from '@aws-sdk/client-sfn';
import { type ClientSettings, clientConfig } from './client-settings.js';

export const sfnClient = (settings: ClientSettings): SFNClient => new SFNClient(clientConfig(settings));

export {
  DescribeExecutionCommand,
  paginateGetExecutionHistory,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
} from '@aws-sdk/client-sfn';

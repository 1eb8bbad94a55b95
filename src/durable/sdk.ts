import type { withDurableExecution } from '@aws/durable-execution-sdk-js';
import { missingPackage, once } from '../core/index.js';

const NAME = '@aws/durable-execution-sdk-js';

/** AWS's SDK for durable functions, loaded with the first call. @throws ConfigError where it is not installed */
export const loadSdk = once(async (): Promise<{ readonly withDurableExecution: typeof withDurableExecution }> => {
  try {
    return await import('@aws/durable-execution-sdk-js');
  } catch (error) {
    throw missingPackage(error, NAME, { who: 'A durable function (Node 22 or later)', field: NAME });
  }
});

import type { withDurableExecution } from '@aws/durable-execution-sdk-js';
import { ConfigError, once } from '../core/index.js';

const NAME = '@aws/durable-execution-sdk-js';

/** AWS's SDK for durable functions, loaded with the first call. @throws ConfigError where it is not installed */
export const loadSdk = once(async (): Promise<{ readonly withDurableExecution: typeof withDurableExecution }> => {
  try {
    return await import('@aws/durable-execution-sdk-js');
  } catch (error) {
    const code = (error as { readonly code?: unknown } | null)?.code;
    if (code !== 'ERR_MODULE_NOT_FOUND' || !String(error).includes(NAME)) throw error;
    throw new ConfigError(
      `A durable function needs the package ${NAME}, which is not installed: npm install ${NAME}. It wants Node 22 or later`,
      { field: NAME, cause: error },
    );
  }
});

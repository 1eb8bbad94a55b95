import { ConfigError, type Ledger, type Logger } from '../core/index.js';
import { fileLedger } from '../run/index.js';
import type { Settings } from './settings.js';

/** The ledger alone, for what needs no server. @throws ConfigError */
export function openLedger(settings: Pick<Settings, 'ledger'>, logger?: Logger): Ledger {
  if (settings.ledger.startsWith('s3://')) {
    throw new ConfigError(`${settings.ledger}: this version keeps runs in a folder only`, { field: '--ledger' });
  }
  return fileLedger(settings.ledger, { onDamaged: (error) => logger?.warn(`left out: ${error.message}`) });
}

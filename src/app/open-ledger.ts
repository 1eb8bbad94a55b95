import { ConfigError, type Ledger, type Logger } from '../core/index.js';
import { fileLedger, sweepDrafts } from '../run/index.js';
import type { Settings } from './settings.js';

/** The ledger alone, for what needs no server. @throws ConfigError */
export function openLedger(settings: Pick<Settings, 'ledger'>, logger?: Logger): Ledger {
  if (settings.ledger.startsWith('s3://')) {
    throw new ConfigError(`${settings.ledger}: this version keeps runs in a folder only`, { field: '--ledger' });
  }
  return fileLedger(settings.ledger, { onDamaged: (error) => logger?.warn(`left out: ${error.message}`) });
}

/** Removes what killed writers left in the ledger's folder. Resolves with how many files that were. */
export const sweepLedger = ({ ledger }: Pick<Settings, 'ledger'>, nowMs: number): Promise<number> =>
  ledger.startsWith('s3://') ? Promise.resolve(0) : sweepDrafts(ledger, nowMs);

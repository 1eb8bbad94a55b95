import { isS3Url, lazyLedger, type Ledger, type Logger } from '../core/index.js';
import { fileLedger, sweepDrafts } from '../run/index.js';
import { type AwsPart, awsSettings, type LazyAws, lazyAws } from './aws.js';
import type { Settings } from './settings.js';

/** The ledger alone, for what needs no server. Nothing is read yet. */
export function openLedger(
  settings: Pick<Settings, 'ledger'> & AwsPart,
  logger?: Logger,
  aws: LazyAws = lazyAws(awsSettings(settings)),
): Ledger {
  const { ledger } = settings;
  if (!isS3Url(ledger)) {
    return fileLedger(ledger, { onDamaged: (error) => logger?.warn(`left out: ${error.message}`) });
  }
  return lazyLedger(async () => {
    const { room, clients } = await aws();
    return room.s3Ledger(ledger, { clients, onTrouble: (error) => logger?.warn(error.message) });
  });
}

/** Removes what killed writers left in the ledger's folder. Resolves with how many files that were. */
export const sweepLedger = ({ ledger }: Pick<Settings, 'ledger'>, nowMs: number): Promise<number> =>
  isS3Url(ledger) ? Promise.resolve(0) : sweepDrafts(ledger, nowMs);

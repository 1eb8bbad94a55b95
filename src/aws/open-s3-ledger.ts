import {
  type Clock,
  lazyLedger,
  type Ledger,
  type LedgerError,
  parseS3Url,
  s3Url,
  systemClock,
} from '../core/index.js';
import { type AwsClients, awsClients } from './clients.js';
import type { AwsSettings } from './settings.js';

export interface S3LedgerOptions extends AwsSettings {
  /** Clients that are there already. @defaultValue new ones, from the settings here */
  readonly clients?: Pick<AwsClients, 's3'>;
  /**
   * Told of each record that a list had to leave out because it is damaged or was written by a newer livywire, and of
   * each entry for lists that could not be written. @defaultValue nobody is told
   */
  readonly onTrouble?: (error: LedgerError) => void;
  readonly clock?: Clock;
}

/**
 * A ledger in S3, for teams and for what runs in AWS: safe for any number of writers, by S3's conditional writes. The
 * SDK is loaded by the first call. docs/aws.md has the layout, the IAM policy and the requests for each run.
 * @throws ConfigError for an address that is none
 * @example
 * const lw = createLivywire({ url: 'http://ip-10-0-3-7.ec2.internal:8998', ledger: s3Ledger('s3://team-bucket/livywire') });
 */
export function s3Ledger(url: string, options: S3LedgerOptions = {}): Required<Ledger> {
  const { onTrouble = () => undefined, clock = systemClock } = options;
  const { bucket: name, key: prefix } = parseS3Url(url, '--ledger');
  return lazyLedger(async () => {
    const [{ S3Ledger }, { Bucket }] = await Promise.all([import('./ledger/s3-ledger.js'), import('./s3/bucket.js')]);
    const { s3 } = options.clients ?? awsClients(options);
    const what = `the ledger ${s3Url({ bucket: name, key: prefix })}`;
    return new S3Ledger({ bucket: new Bucket(s3, { name, what, field: '--ledger' }), prefix, clock, onTrouble });
  });
}

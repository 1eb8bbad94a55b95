import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import type { STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Clock } from '../../core/index.js';
import type { AuthRequest } from '../../http/index.js';

type Credentials = STSClient['config']['credentials'];

export interface SignerOptions {
  /** The service's name in signatures: `emr-serverless`. */
  readonly service: string;
  readonly region: string;
  /** Asked for every request: it keeps what holds still. */
  readonly credentials: Credentials;
  readonly clock: Clock;
}

class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }
  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);
}

/** Signs requests as AWS asks (Signature Version 4): gives the headers that go with one. */
export function signer({ service, region, credentials, clock }: SignerOptions) {
  const signature = new SignatureV4({ service, region, credentials, sha256: Sha256, applyChecksum: false });
  return async ({ method, url, body }: AuthRequest): Promise<Record<string, string>> => {
    const { protocol, hostname, host, pathname, searchParams } = new URL(url);
    const query = Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name)]));
    const { headers } = await signature.sign(
      { method, protocol, hostname, path: pathname, query, headers: { host }, body },
      { signingDate: new Date(clock.now()) },
    );
    const given = {
      Authorization: 'authorization',
      'X-Amz-Date': 'x-amz-date',
      'X-Amz-Security-Token': 'x-amz-security-token',
    };
    return Object.fromEntries(
      Object.entries(given).flatMap(([name, key]) => (headers[key] === undefined ? [] : [[name, headers[key]]])),
    );
  };
}

import { LocalError } from './errors.js';

/** What we ask of moto ourselves. */
export class Moto {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** One call of the EMR API. @throws LocalError when moto refuses it */
  async emr(action: string, input: unknown): Promise<Record<string, unknown>> {
    const reply = await fetch(this.#url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `ElasticMapReduce.${action}`,
        // By the service in this header moto knows who is meant; nobody checks the signature.
        authorization:
          'AWS4-HMAC-SHA256 Credential=livywire/20260101/us-east-1/elasticmapreduce/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify(input),
    });
    const text = await reply.text();
    if (!reply.ok) throw new LocalError(`moto refused ${action} (${reply.status}): ${text.slice(0, 300)}`);
    return JSON.parse(text) as Record<string, unknown>;
  }

  /** Makes a bucket, or an object in one. */
  async put(path: string, body?: Uint8Array<ArrayBuffer>): Promise<void> {
    const reply = await fetch(`${this.#url}/${path}`, { method: 'PUT', ...(body && { body }) });
    const text = await reply.text();
    if (!reply.ok) throw new LocalError(`moto refused to put ${path} (${reply.status}): ${text.slice(0, 300)}`);
  }

  /** Whether it is up and asked for nothing yet. */
  async answers(): Promise<boolean> {
    return fetch(`${this.#url}/moto-api/`).then(
      async (reply) => {
        await reply.arrayBuffer();
        return reply.ok;
      },
      () => false,
    );
  }
}

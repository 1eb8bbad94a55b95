import { CallRefused } from './aws-answer.js';
import { REGION } from './aws-access.js';
import { LocalError } from './errors.js';

/** By this header moto knows which service and region are meant, and that it is no stranger; nobody checks the signature. */
const signedFor = (service: string): string =>
  `AWS4-HMAC-SHA256 Credential=livywire/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`;

/** What we ask of moto ourselves. */
export class Moto {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** One call of the EMR API. @throws CallRefused with moto's own words */
  async emr(action: string, input: unknown): Promise<Record<string, unknown>> {
    const reply = await fetch(this.#url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `ElasticMapReduce.${action}`,
        authorization: signedFor('elasticmapreduce'),
      },
      body: JSON.stringify(input),
    });
    const text = await reply.text();
    if (reply.ok) return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    const said = /^\s*\{/.test(text)
      ? (JSON.parse(text) as { __type?: string; message?: string; Message?: string })
      : {};
    throw new CallRefused(
      said.__type?.split('#').pop() ?? 'InternalServerError',
      said.message ?? said.Message ?? text.slice(0, 300),
      reply.status,
    );
  }

  /** Makes a bucket (`bucket`) or an object (`bucket/key`). @throws LocalError */
  async put(path: string, body?: Uint8Array<ArrayBuffer>): Promise<void> {
    const headers = { authorization: signedFor('s3') };
    const reply = await fetch(`${this.#url}/${path}`, { method: 'PUT', headers, ...(body && { body }) });
    const text = await reply.text();
    if (!reply.ok) throw new LocalError(`moto refused to put ${path} (${reply.status}): ${text.slice(0, 300)}`);
  }

  /** Whether there is any object whose key begins so. */
  async holds(bucket: string, prefix: string): Promise<boolean> {
    const query = new URLSearchParams({ 'list-type': '2', 'max-keys': '1', prefix });
    const headers = { authorization: signedFor('s3') };
    const reply = await fetch(`${this.#url}/${bucket}?${query.toString()}`, { headers });
    return (await reply.text()).includes('<Contents>') && reply.ok;
  }

  /** Makes executions of state machines real: else they only stay RUNNING. @throws LocalError */
  async runStateMachines(): Promise<void> {
    const body = JSON.stringify({ stepfunctions: { execute_state_machine: true } });
    const headers = { 'content-type': 'application/json' };
    const reply = await fetch(`${this.#url}/moto-api/config`, { method: 'POST', headers, body });
    if (!reply.ok) throw new LocalError(`moto does not take its configuration (${reply.status})`);
    await reply.arrayBuffer();
  }

  /** Whether it is up. */
  answers(): Promise<boolean> {
    return fetch(`${this.#url}/moto-api/`).then(
      async (reply) => {
        await reply.arrayBuffer();
        return reply.ok;
      },
      () => false,
    );
  }
}

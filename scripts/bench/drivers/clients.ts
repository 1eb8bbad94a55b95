/** The clients of Node, each used as its documentation does, over one address. */
import http from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as entrance from '../../../src/index.js';
import type { Client, ClientPlaces } from './orders.js';

type Open = (places: ClientPlaces) => Promise<Client>;

const ID = 7;
const BATCH = `/batches/${ID}`;
const body = (file: string, key: string) => ({ file, args: [`key=${key}`] });

/** The floor: what Node itself does. */
const nodeHttp: Open = async ({ url, file }) => {
  const agent = new http.Agent({ keepAlive: true });
  const { hostname, port } = new URL(url);
  const ask = (method: string, path: string, text?: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const headers = text === undefined ? {} : { 'content-type': 'application/json' };
      const request = http.request({ hostname, port, path, method, agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const status = response.statusCode ?? 0;
          if (status >= 300) reject(new Error(`HTTP ${status}`));
          else resolve(JSON.parse(Buffer.concat(chunks).toString()));
        });
      });
      request.on('error', reject);
      request.end(text);
    });
  return {
    read: () => ask('GET', BATCH),
    submit: (key) => ask('POST', '/batches', JSON.stringify(body(file, key))),
  };
};

interface AxiosLike {
  create(config: object): { get(path: string): Promise<unknown>; post(path: string, body: unknown): Promise<unknown> };
}

/** The same axios as ours. */
const bareAxios: Open = async ({ url, installed, file }) => {
  const require = createRequire(installed);
  const axios = (await import(pathToFileURL(require.resolve('axios')).href)) as { default: AxiosLike };
  const client = axios.default.create({ baseURL: url, httpAgent: new http.Agent({ keepAlive: true }) });
  return { read: () => client.get(BATCH), submit: (key) => client.post('/batches', body(file, key)) };
};

const livywire: Open = async ({ url, installed, folder, file }) => {
  const { LivyClient, createLivywire, fileLedger } = (await import(pathToFileURL(installed).href)) as typeof entrance;
  const livy = new LivyClient({ url });
  const lw = createLivywire({ url, ledger: fileLedger(folder) });
  return {
    read: () => livy.batches.get(ID),
    submit: (key) => lw.submit({ file, args: [`key=${key}`] }, { key }),
  };
};

interface LivyClientBatch {
  Session(batch: { id: number }, options: object): { status(): Promise<unknown> };
  createSession(body: object, options: object): Promise<unknown>;
}

const livyClient: Open = async ({ url, installed, file }) => {
  const { hostname, port } = new URL(url);
  const require = createRequire(join(installed, 'package.json'));
  const Batch = require('livy-client/lib/batch.js') as { default: new (options: object) => LivyClientBatch };
  const batches = new Batch.default({ host: hostname, port: Number(port) });
  const session = batches.Session({ id: ID }, { autoupdate: false });
  return {
    read: () => session.status(),
    submit: (key) => batches.createSession(body(file, key), { autoupdate: false }),
  };
};

interface Synapse {
  SparkClient: new (
    credential: object,
    url: string,
    pool: string,
    options: object,
  ) => {
    readonly pipeline: { removePolicy(policy: { name: string }): void };
    readonly sparkBatch: {
      getSparkBatchJob(id: number): Promise<unknown>;
      createSparkBatchJob(job: object): Promise<unknown>;
    };
  };
}

const synapse: Open = async ({ url, installed, file }) => {
  const require = createRequire(join(installed, 'package.json'));
  const { SparkClient } = require('@azure/synapse-spark') as Synapse;
  const credential = { getToken: async () => ({ token: 'stand-in', expiresOnTimestamp: Date.now() + 3_600_000 }) };
  const client = new SparkClient(credential, url, 'pool', { allowInsecureConnection: true });
  // It hands its token to https: alone, and the stand-in has none.
  client.pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' });
  return {
    read: () => client.sparkBatch.getSparkBatchJob(ID),
    submit: (key) => client.sparkBatch.createSparkBatchJob({ name: key, file, arguments: [`key=${key}`] }),
  };
};

export const clients: Readonly<Record<string, Open>> = {
  'node:http': nodeHttp,
  axios: bareAxios,
  livywire,
  'livy-client': livyClient,
  'synapse-spark': synapse,
};

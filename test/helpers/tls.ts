import { readFileSync } from 'node:fs';

const read = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), 'utf8');

/** Certificates for tests; their README says for which names. */
export const tlsFiles = {
  ca: read('ca.pem'),
  otherCa: read('other-ca.pem'),
  server: { cert: read('server.pem'), key: read('server-key.pem') },
  client: { cert: read('client.pem'), key: read('client-key.pem'), encryptedKey: read('client-key-encrypted.pem') },
};

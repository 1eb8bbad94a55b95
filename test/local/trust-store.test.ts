import { createHash } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import test from 'ava';
import { certificatesIn, javaTrustStore } from '../../src/local/trust-store.js';

const [first = '', second = ''] = rootCertificates;

test('certificates are found in a bundle with comments and rubbish in it', (t) => {
  const broken = '-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----';
  t.is(certificatesIn(`# a bundle\n${first}\n${broken}\n\n${second}\n`).length, 2);
  t.deepEqual(certificatesIn('nothing'), []);
});

test('a trust store has the shape that Java reads: header, entries, hash over the password and all of it', (t) => {
  const certificates = certificatesIn(`${first}\n${second}`);
  const store = javaTrustStore(certificates, 'changeit');
  t.is(store.readUInt32BE(0), 0xfeedfeed);
  t.is(store.readUInt32BE(4), 2);
  t.is(store.readUInt32BE(8), 2, 'two entries');
  let at = 12;
  for (const [index, certificate] of certificates.entries()) {
    t.is(store.readUInt32BE(at), 2, 'a trusted certificate');
    const aliasSize = store.readUInt16BE(at + 4);
    t.is(store.toString('ascii', at + 6, at + 6 + aliasSize), `ca-${index}`);
    at += 6 + aliasSize + 8;
    const typeSize = store.readUInt16BE(at);
    t.is(store.toString('ascii', at + 2, at + 2 + typeSize), 'X.509');
    at += 2 + typeSize;
    const size = store.readUInt32BE(at);
    t.deepEqual(store.subarray(at + 4, at + 4 + size), certificate);
    at += 4 + size;
  }
  const body = store.subarray(0, at);
  const password = Buffer.from('\0c\0h\0a\0n\0g\0e\0i\0t', 'latin1');
  const hash = createHash('sha1').update(password).update('Mighty Aphrodite').update(body).digest();
  t.deepEqual(store.subarray(at), hash);
});

import { createHash, X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { rootCertificates } from 'node:tls';

// Where people and systems keep the certificates that pip, curl and Node trust. A Java of our own knows none of
// them, and a company's proxy signs with its own.
const named = ['PIP_CERT', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'];
const usual = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

/** The certificates of a PEM bundle; what is none is passed over. */
export function certificatesIn(pem: string): Buffer[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block).raw];
    } catch {
      return [];
    }
  });
}

/**
 * A Java key store (JKS) that trusts these certificates. The format is Java's oldest and every Java reads it:
 * a header, one entry each, and a hash over the password, a fixed phrase and all of it.
 */
export function javaTrustStore(certificates: readonly Buffer[], password: string): Buffer {
  const int = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const text = (value: string): Buffer => {
    const bytes = Buffer.from(value, 'ascii');
    const size = Buffer.alloc(2);
    size.writeUInt16BE(bytes.length);
    return Buffer.concat([size, bytes]);
  };
  const trusted = int(2);
  const since = Buffer.alloc(8); // a date that nobody asks for
  const entries = certificates.flatMap((certificate, index) => [
    trusted,
    text(`ca-${index}`),
    since,
    text('X.509'),
    int(certificate.length),
    certificate,
  ]);
  const body = Buffer.concat([int(0xfeedfeed), int(2), int(certificates.length), ...entries]);
  const secret = Buffer.from(password, 'utf16le').swap16();
  const hash = createHash('sha1').update(secret).update('Mighty Aphrodite').update(body).digest();
  return Buffer.concat([body, hash]);
}

const password = 'changeit'; // Java's own default: the file holds nothing secret

/** Writes what this machine trusts for a Java, and gives the options that make it trust that. */
export async function trustOptions(file: string): Promise<string[]> {
  const files = [...named.flatMap((name) => process.env[name] ?? []), ...usual];
  const texts = await Promise.all(files.map((path) => readFile(path, 'utf8').catch(() => '')));
  const all = certificatesIn([...rootCertificates, ...texts].join('\n'));
  const different = new Map(all.map((certificate) => [certificate.toString('base64'), certificate]));
  await writeFile(file, javaTrustStore([...different.values()], password));
  return [
    `-Djavax.net.ssl.trustStore=${file}`,
    `-Djavax.net.ssl.trustStorePassword=${password}`,
    '-Djavax.net.ssl.trustStoreType=JKS',
  ];
}

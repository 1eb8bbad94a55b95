import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { serverlessLivy } from '../../../src/aws/serverless/index.js';
import { signer } from '../../../src/aws/sdk/signature.js';
import { ConfigError } from '../../../src/core/index.js';
import { LivyClient } from '../../../src/livy/index.js';
import { testClock } from '../../../src/testing/index.js';
import { standInCredentials } from '../../helpers/moto.js';

standInCredentials();

// AWS's published test suite for Signature Version 4: its credentials, its moment, its signatures.
const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const suite = signer({
  service: 'service',
  region: 'us-east-1',
  credentials: async () => KEY,
  clock: testClock({ start: new Date('2015-08-30T12:36:00Z') }),
});
for (const [name, method, url, signature] of [
  ['get-vanilla', 'GET', '/', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  ['post-vanilla', 'POST', '/', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  [
    'get-vanilla-query-order-key-case',
    'GET',
    '/?Param2=value2&Param1=value1',
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
] as const) {
  test(`AWS's own example of a signature: ${name}`, async (t) => {
    t.deepEqual(await suite({ method, url: `https://example.amazonaws.com${url}` }), {
      Authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
      'X-Amz-Date': '20150830T123600Z',
    });
  });
}

interface Arrived {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
/** Unreserved characters stay, everything else is escaped: RFC 3986, as AWS asks. */
const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

/** What a server of AWS makes of a request as it came, by the words of its documentation and no library. */
function signatureOf({ method, target, headers, body }: Arrived, secret: string): string {
  const authorization = String(headers.authorization);
  const [, date = '', region = '', service = '', signed = ''] =
    /Credential=[^/]+\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+)/.exec(authorization) ?? [];
  const [path = '', query = ''] = target.split('?');
  const canonical = [
    method,
    path.split('/').map(escaped).join('/'),
    query
      .split('&')
      .filter((one) => one !== '')
      .map((one) =>
        one
          .split('=')
          .map((part) => escaped(decodeURIComponent(part)))
          .join('='),
      )
      .sort()
      .join('&'),
    ...signed.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    signed,
    sha256(body),
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, text).toString('hex');
}

/** Takes what is signed rightly, as the endpoint does, and answers as a Livy. */
async function endpoint(t: ExecutionContext, secret: string) {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const one = { method: request.method ?? '', target: request.url ?? '', headers: request.headers, body };
      arrived.push(one);
      const isRight = String(request.headers.authorization).endsWith(`Signature=${signatureOf(one, secret)}`);
      const session = { id: 0, name: null, state: 'starting', kind: 'pyspark', appId: null, appInfo: null, log: null };
      response.writeHead(isRight ? 200 : 403, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify(isRight ? session : { message: 'The request signature we calculated does not match' }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { arrived, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('what the client sends is signed over its method, path, query and body as they arrive', async (t) => {
  const secret = process.env.AWS_SECRET_ACCESS_KEY ?? '';
  const { arrived, url } = await endpoint(t, secret);
  const { auth } = await serverlessLivy('00fapp', { region: 'eu-west-1' });
  const livy = new LivyClient({ url, auth, retries: 0 });
  t.teardown(() => livy.close());
  const conf = { 'emr-serverless.session.executionRoleArn': 'arn:aws:iam::123456789012:role/etl', 'spark.x': 'é "1"' };
  t.is((await livy.sessions.create({ kind: 'pyspark', conf })).state, 'starting');
  await livy.sessions.get("it's (a) näme*~");
  await livy
    .statements(0)
    .get(7)
    .catch(() => undefined); // signed rightly, and no statement
  await livy.sessions.get(0, { doAs: 'alice@corp.test' });
  t.deepEqual(
    arrived.map(({ method, target }) => `${method} ${target}`),
    [
      'POST /sessions',
      "GET /sessions/it's%20(a)%20n%C3%A4me*~",
      'GET /sessions/0/statements/7',
      'GET /sessions/0?doAs=alice%40corp.test',
    ],
  );
  t.regex(String(arrived[0]?.headers.authorization), /\/eu-west-1\/emr-serverless\/aws4_request,/);
});

test('another secret is refused, once, and stands in no word of ours', async (t) => {
  const { arrived, url } = await endpoint(t, 'another secret');
  const { auth } = await serverlessLivy('00fapp', { region: 'eu-west-1' });
  const livy = new LivyClient({ url, auth, retries: 0 });
  t.teardown(() => livy.close());
  const error = await t.throwsAsync(livy.sessions.get(0), { name: 'AuthError' });
  t.is(arrived.length, 1);
  t.notRegex(String(error?.message), /Signature=|Credential=/);
});

test('a session token goes with the request, and is signed', async (t) => {
  const sign = signer({
    service: 'emr-serverless',
    region: 'eu-west-1',
    credentials: async () => ({ ...KEY, sessionToken: 'token/of==a role' }),
    clock: testClock({ start: new Date('2026-11-23T12:00:00Z') }),
  });
  const headers = await sign({ method: 'GET', url: 'https://x.test/sessions' });
  t.is(headers['X-Amz-Security-Token'], 'token/of==a role');
  const small = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const arrived = { method: 'GET', target: '/sessions', headers: { ...small, host: 'x.test' }, body: '' };
  t.true(headers.Authorization?.endsWith(`Signature=${signatureOf(arrived, KEY.secretAccessKey)}`));
});

test('the endpoint is that of the application, its region and its part of AWS', async (t) => {
  const urlIn = async (region: string) => (await serverlessLivy('00fapp', { region })).url;
  t.is(await urlIn('eu-west-1'), 'https://00fapp.livy.emr-serverless-services.eu-west-1.amazonaws.com');
  t.is(await urlIn('cn-north-1'), 'https://00fapp.livy.emr-serverless-services.cn-north-1.amazonaws.com.cn');
  await t.throwsAsync(urlIn('evil.test/'), { instanceOf: ConfigError });
  await t.throwsAsync(serverlessLivy('evil.test/', { region: 'eu-west-1' }), { instanceOf: ConfigError });
});

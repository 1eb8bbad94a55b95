import fc from 'fast-check';
import test from 'ava';
import { isSecretName, REDACTED, redactArgs, redactSpec, redactText } from '../../src/core/index.js';

const letters = 'ABCXYZabcxyz0189';
const text = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), minLength: 10, maxLength: 40 });
/** Secrets as people choose them; the marker at both ends shows a half that was left. */
const planted = (alphabet: string) => text(alphabet).map((middle) => `Zq7${middle}7qZ`);
const plain = planted(letters);
// Without = and : inside: `a,b=c` without quotes cannot be told from a neighbour with a name of its own.
const odd = planted(`${letters}+/._~!@#$%^*()-,;&|<>?[]{}`);
const spaced = planted(`${letters} ,;&}:=+/'()`);

const name = fc.constantFrom(
  'password',
  'PASSWORD',
  'passwd',
  'db.password',
  'fs.s3a.secret.key',
  'AWS_SECRET_ACCESS_KEY',
  'aws_session_token',
  'api_key',
  'apiKey',
  'privateKey',
  'client-secret',
  'refresh_token_v2',
  'passphrase',
);
const ahead = fc.constantFrom('', ' ', 'x ', 'Error: ', '{"a":1} ', '(');
const behind = fc.constantFrom('', ' ', ' x', '\nError: y', ' {"a":1}');

/** No piece of the secret that tells anything is left. */
function isGone(shown: string, secret: string): boolean {
  return !shown.includes('Zq7') && !shown.includes('7qZ') && !shown.includes(secret);
}

const places: readonly (readonly [string, fc.Arbitrary<string>, (name: string, secret: string) => string])[] = [
  ['after name=', odd, (n, s) => `${n}=${s}`],
  ['after name: ', odd, (n, s) => `${n}: ${s}`],
  ['in name="value"', spaced, (n, s) => `${n}="${s}"`],
  ['in JSON', spaced, (n, s) => JSON.stringify({ a: 1, [n]: s, b: 2 })],
  ['in JSON that is laid out', spaced, (n, s) => JSON.stringify({ [n]: s }, null, 2)],
  [
    'in JSON within JSON',
    planted(`${letters} ,;&}:=+/`),
    (n, s) => JSON.stringify({ body: JSON.stringify({ [n]: s }) }),
  ],
  ['in a Python dict', planted(`${letters} ,;&}:=+/`), (n, s) => `{'${n}': '${s}'}`],
  [
    'after --name',
    odd,
    (n, s) =>
      `--${n.replaceAll(/[._]/g, '-').toLowerCase().replace('apikey', 'api-key').replace('privatekey', 'secret').replace('passphrase', 'secret')} ${s}`,
  ],
  ['in a query', planted(letters), (n, s) => `https://h/p?a=1&token=${s}&b=2`],
  [
    'in a presigned URL',
    planted(`${letters}%`),
    (_n, s) => `https://b.s3.amazonaws.com/k?X-Amz-Signature=${s}&X-Amz-Date=1`,
  ],
  ['in a URL’s user part', planted(`${letters}!$%*@:+-_.~`), (_n, s) => `http://user:${s}@host:8998/x`],
  ['alone in a URL’s user part', plain, (_n, s) => `https://${s}@host/x.git`],
  ['in an S3 address', planted(`${letters}/+`), (_n, s) => `s3a://AK:${s}@bucket/key`],
  ['in a Basic header', planted(`${letters}+/=`), (_n, s) => `Authorization: Basic ${s}`],
  ['in a Bearer header', planted(`${letters}._-`), (_n, s) => `{"authorization":"Bearer ${s}"}`],
  [
    'in a signed header',
    planted(`${letters}/ =,`),
    (_n, s) => `Authorization: AWS4-HMAC-SHA256 Credential=${s}, Signature=${s}`,
  ],
  ['in a cookie', planted(`${letters}"&=`), (_n, s) => `Set-Cookie: hadoop.auth="u=x&s=${s}"`],
];
for (const [place, secret, put] of places) {
  test(`a secret ${place} never survives`, (t) => {
    fc.assert(
      fc.property(ahead, name, secret, behind, (before, n, s, after) => {
        const shown = redactText(`${before}${put(n, s)}${after}`);
        if (!isGone(shown, s)) throw new Error(`${put(n, s)} became ${shown}`);
      }),
      { numRuns: 300 },
    );
    t.pass();
  });
  test(`what was redacted ${place} stays as it is when it is redacted again`, (t) => {
    fc.assert(
      fc.property(name, secret, (n, s) => {
        const once = redactText(put(n, s));
        return redactText(once) === once;
      }),
    );
    t.pass();
  });
}

test('tokens that show themselves are masked wherever they stand', (t) => {
  for (const secret of [
    'AKIAIOSFODNN7EXAMPLE',
    'ASIAIOSFODNN7EXAMPLE',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2huIn0.c2lnbmF0dXJl',
    'ghp_abcdefghijklmnopqrstuvwxyz0123456789',
  ]) {
    t.is(redactText(`x ${secret} y`), `x ${REDACTED} y`);
  }
});

test('what is no secret stays readable', (t) => {
  for (const line of [
    'http://ip-10-0-0-1:8998/batches/7',
    'hdfs://nn:8020/user/x',
    'abfss://container@account.dfs.core.windows.net/x',
    'GET /batches?from=0&size=100',
    '--driver-memory 4g --conf spark.executor.memory=4g',
    'Traceback (most recent call last):',
    'mail to someone@example.com: done',
    'The tokenizer took 3 s',
  ]) {
    t.is(redactText(line), line);
  }
});

test('neighbours of a secret stay readable', (t) => {
  t.is(redactText('a=1,password=x1y2z3,b=2'), `a=1,password=${REDACTED},b=2`);
  t.is(redactText('{"password":"x","b":2}'), `{"password":"${REDACTED}","b":2}`);
  t.is(redactText('https://h/p?token=abc&size=3'), `https://h/p?token=${REDACTED}&size=3`);
});

test('the value of a secret-looking argument is masked, and the others are not', (t) => {
  t.deepEqual(redactArgs(['--password', 'a', '--size', '3', '-token', '-b', 'token=c', '--secret-key=d']), [
    '--password',
    REDACTED,
    '--size',
    '3',
    '-token',
    REDACTED,
    `token=${REDACTED}`,
    `--secret-key=${REDACTED}`,
  ]);
  t.deepEqual(redactArgs(['--token', '--size', '3']), ['--token', '--size', '3']);
});

test('no field of a spec keeps a planted secret', (t) => {
  fc.assert(
    fc.property(plain, (secret) => {
      const url = `https://b/k?X-Amz-Signature=${secret}`;
      const spec = {
        file: url,
        jars: [url],
        pyFiles: [url],
        files: [url],
        archives: [url],
        name: `token=${secret}`,
        args: ['--api-key', secret, `password=${secret}`],
        conf: { 'spark.ssl.keyPassword': secret, 'spark.x': `-Dtoken=${secret}`, 'spark.executor.cores': 2 },
      };
      return !JSON.stringify(redactSpec(spec)).includes(secret);
    }),
  );
  t.deepEqual(redactSpec({ file: 'f', conf: { 'spark.executor.cores': 2 } }), {
    file: 'f',
    conf: { 'spark.executor.cores': 2 },
  });
});

test('a number under a secret name is masked, too', (t) => {
  t.deepEqual(redactSpec({ file: 'f', conf: { 'spark.pin.secret': 1234 } }).conf, { 'spark.pin.secret': REDACTED });
});

test('names are secret by their words', (t) => {
  for (const secret of [
    'spark.hadoop.fs.s3a.secret.key',
    'PASSWORD',
    'x-api-key',
    'spark.access.key',
    'DB_PASS',
    'db.pwd',
    'account.key',
  ]) {
    t.true(isSecretName(secret), secret);
  }
  for (const open of ['spark.executor.memory', 'spark.yarn.keys', 'passenger', 'bypass', 'compass'])
    t.false(isSecretName(open), open);
});

test('a long line takes time in proportion to its length', (t) => {
  // Not a measurement: in the square of the length, these would take hours.
  for (const piece of ['a', 'password', '--', 'http://', 's3://a:', 'token=,', '"secret":"', '\\"', 'cookie']) {
    redactText(piece.repeat(200_000 / piece.length));
  }
  t.pass();
});

test('short names of passwords, and tokens that show themselves, are masked', (t) => {
  t.deepEqual(
    redactArgs(['--db-pass', 'hunter2', '--pwd', 'hunter2', 'jdbc:x;user=a;pwd=hunter2', '--bypass', 'cache']),
    ['--db-pass', REDACTED, '--pwd', REDACTED, `jdbc:x;user=a;pwd=${REDACTED}`, '--bypass', 'cache'],
  );
  t.is(redactText('AccountKey=abc123== and xoxb-1234567890-abcdef'), `AccountKey=${REDACTED} and ${REDACTED}`);
});

test('where a secret is kept is no secret', (t) => {
  for (const text of [
    'a user needs a password: --password-file <file>, --password-file - (stdin) or LIVYWIRE_PASSWORD',
    '--token-file: /srv/nope is not there',
    'spark.ssl.keyPasswordFile=/etc/key',
  ]) {
    t.is(redactText(text), text);
  }
  t.deepEqual(redactArgs(['--password-file', '/etc/pw']), ['--password-file', '/etc/pw']);
});

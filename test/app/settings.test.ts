import test from 'ava';
import { parseDuration, readSettings, type SettingsIo, settingNames, settingWords } from '../../src/app/index.js';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
type Input = Partial<Parameters<typeof readSettings>[0]> & {
  readonly files?: Readonly<Record<string, string>>;
  readonly stdin?: string;
};

const CONFIG = '/home/ada/.config/livywire/config.yaml';
const read = ({ files = {}, stdin = '', env = {}, ...input }: Input = {}) => {
  const io: SettingsIo = {
    home: () => '/home/ada',
    readFile: async (path) => files[path],
    readStdin: async () => stdin,
    runCommand: async (command) => `token of ${command}`,
  };
  return readSettings({ env: { HOME: '/home/ada', ...env }, cwd: '/srv', io, ...input });
};
const URL = 'http://livy.test:8998';

test('without anything there is no address, no credentials, and the ledger is in the state folder', async (t) => {
  t.deepEqual(await read(), {
    auth: { kind: 'none' },
    aws: {},
    headers: {},
    proxyEnv: {},
    map: [],
    redirectHosts: [],
    yarnSeesAll: false,
    tls: { insecure: false },
    ledger: '/home/ada/.local/state/livywire',
    sources: {},
    notes: [],
  });
  t.is((await read({ env: { XDG_STATE_HOME: '/state' } })).ledger, '/state/livywire');
});

test('flags win over the environment, the environment over the profile, and each remembers where it came from', async (t) => {
  const files = {
    [CONFIG]:
      'profile: dev\nprofiles:\n  dev:\n    url: http://profile:1\n    proxy: none\n    ledger: /from/profile\n',
  };
  const env = { LIVYWIRE_URL: 'http://env:1', LIVYWIRE_PROXY: 'socks5h://env:1' };
  const all = await read({ files, env, flags: { url: 'http://flag:1' } });
  t.like(all, { url: 'http://flag:1', proxy: 'socks5h://env:1', ledger: '/from/profile', profile: 'dev' });
  t.deepEqual(all.sources, { url: '--url', proxy: 'LIVYWIRE_PROXY', ledger: `profile dev in ${CONFIG}` });
  t.is((await read({ files, env })).url, 'http://env:1');
  t.is((await read({ files })).url, 'http://profile:1');
});

test('a variable with a typo is told, one of somebody else is not', async (t) => {
  const { notes } = await read({ env: { LIVYWIRE_ULR: URL, LIVYWIRE_SOMETHING_ELSE: 'x', LIVYWIRE_DEBUG: '1' } });
  t.deepEqual(notes, ['LIVYWIRE_ULR is set, but no setting is called so; did you mean LIVYWIRE_URL?']);
});

test('an empty variable is one that is not set, an empty flag is a mistake', async (t) => {
  t.is((await read({ env: { LIVYWIRE_URL: '' } })).url, undefined);
  await t.throwsAsync(read({ flags: { url: '' } }), { name: 'ConfigError', message: /^--url: is empty/ });
});

test('the profile is chosen by the flag, the variable, the file, in that order', async (t) => {
  const files = {
    [CONFIG]: 'profile: a\nprofiles:\n  a: {url: "http://a:1"}\n  b: {url: "http://b:1"}\n  c: {url: "http://c:1"}\n',
  };
  t.is((await read({ files })).url, 'http://a:1');
  t.is((await read({ files, env: { LIVYWIRE_PROFILE: 'b' } })).url, 'http://b:1');
  t.is((await read({ files, env: { LIVYWIRE_PROFILE: 'b' }, profile: 'c' })).url, 'http://c:1');
  await t.throwsAsync(read({ files, profile: 'd' }), { message: /^--profile: .*has no profile "d"; it has a, b, c/ });
  await t.throwsAsync(read({ profile: 'd' }), { message: /^--profile: there is no config file/ });
  await t.throwsAsync(read({ files, profile: 'constructor' }), { message: /has no profile "constructor"/ });
});

test('--config and LIVYWIRE_CONFIG name another file, which has to be there', async (t) => {
  const files = { '/srv/x.yaml': 'profiles: {p: {url: "http://x:1"}}' };
  t.is((await read({ files, config: 'x.yaml', profile: 'p' })).url, 'http://x:1');
  t.is((await read({ files, env: { LIVYWIRE_CONFIG: '/srv/x.yaml' }, profile: 'p' })).url, 'http://x:1');
  await t.throwsAsync(read({ config: 'gone.yaml' }), { message: /^--config: \/srv\/gone\.yaml is not there/ });
});

const badFiles: readonly (readonly [string, RegExp])[] = [
  [
    'profiles:\n  dev:\n    ulr: http://x\n',
    /config\.yaml:3:\d+: profiles\.dev\.ulr: not a setting; did you mean url\?/,
  ],
  ['profiles:\n  dev:\n    insecure: maybe\n', /config\.yaml:3:\d+: profiles\.dev\.insecure/],
  [
    'profiles:\n  dev:\n    password: hunter2\n',
    /config\.yaml:3:\d+: profiles\.dev\.password: secrets do not belong in this file; use passwordFile/,
  ],
  ['profiles:\n  dev: [\n', /config\.yaml:\d+:\d+: /],
  ['profilles: {}\n', /profilles: not a setting; did you mean profiles\?/],
];
for (const [text, message] of badFiles) {
  test(`a config file with ${JSON.stringify(text)} is refused with file, line and what would be right`, async (t) => {
    const error = await t.throwsAsync(read({ files: { [CONFIG]: text } }), { name: 'ConfigError', message });
    t.notRegex(error.message, /hunter2/);
  });
}

test('every setting can stand in a profile, but secrets', async (t) => {
  const inFile = settingNames.filter((name) => !['password', 'token'].includes(name));
  const sample = (name: (typeof settingNames)[number]): string => {
    const { kind } = settingWords[name];
    if (kind === 'flag') return 'true';
    if (kind === 'pairs') return '{X-Team: data}';
    if (kind === 'list') return '[a=b]';
    if (name.endsWith('Url') || name === 'url') return 'http://h:1';
    if (name === 'proxy') return 'socks5h://h:1';
    if (name === 'requestTimeout') return '30s';
    if (name === 'backend') return 'livy';
    if (name === 'logUri') return 's3://bucket/logs/';
    return 'pem';
  };
  const text = `profiles:\n  p:\n${inFile
    .filter((name) => !['tokenFile', 'tokenCommand', 'cluster', 'via'].includes(name))
    .map((name) => `    ${name}: ${sample(name)}\n`)
    .join('')}`;
  const pem = '/home/ada/.config/livywire/pem';
  const settings = await read({ files: { [CONFIG]: text, [pem]: PEM }, profile: 'p', env: { LIVYWIRE_PASSWORD: 'x' } });
  t.like(settings, {
    url: 'http://h:1',
    yarnUrl: 'http://h:1',
    historyUrl: 'http://h:1',
    requestTimeoutMs: 30_000,
    map: ['a=b'],
    headers: { 'X-Team': 'data' },
    ledger: pem,
    tls: { ca: PEM, cert: PEM, key: PEM, insecure: true },
    auth: { kind: 'basic', user: 'pem', password: 'x' },
  });
});

test('paths in a config file are relative to it, of flags to the working directory, and ~ is home', async (t) => {
  const files = {
    [CONFIG]: 'profiles: {p: {ca: certs/ca.pem}}',
    '/home/ada/.config/livywire/certs/ca.pem': PEM,
    '/srv/ca.pem': `${PEM}2`,
    '/home/ada/ca.pem': `${PEM}3`,
  };
  t.is((await read({ files, profile: 'p' })).tls.ca, PEM);
  t.is((await read({ files, flags: { ca: 'ca.pem' } })).tls.ca, `${PEM}2`);
  t.is((await read({ files, env: { LIVYWIRE_CA: '~/ca.pem' } })).tls.ca, `${PEM}3`);
});

test('a file that is missing or no PEM is named with the setting', async (t) => {
  await t.throwsAsync(read({ flags: { ca: 'x.pem' } }), { message: /^--ca: \/srv\/x\.pem is not there/ });
  await t.throwsAsync(read({ files: { '/x': 'text' }, env: { LIVYWIRE_CA: '/x' } }), {
    message: /^LIVYWIRE_CA: \/x is not a PEM file/,
  });
  await t.throwsAsync(read({ files: { '/x': PEM }, flags: { cert: '/x' } }), {
    message: /needs both: --cert and --cert-key/,
  });
});

test('addresses are checked, cleaned, and their credentials become basic auth', async (t) => {
  t.like(await read({ flags: { url: 'https://a%40b:p%3Aw@knox:8443/gateway/x/livy/v1/' } }), {
    url: 'https://knox:8443/gateway/x/livy/v1',
    auth: { kind: 'basic', user: 'a@b', password: 'p:w' },
  });
  t.like(await read({ flags: { url: 'http://ada@livy:1' }, env: { LIVYWIRE_PASSWORD: 'x' } }), {
    auth: { kind: 'basic', user: 'ada', password: 'x' },
  });
  await t.throwsAsync(read({ flags: { url: 'livy:8998' } }), { message: /did you mean http:\/\/livy:8998\?/ });
  await t.throwsAsync(read({ flags: { url: 'ftp://livy' } }), { message: /not an http/ });
  await t.throwsAsync(read({ flags: { url: 'http://livy/?x=1' } }), { message: /no \? and no #/ });
  await t.throwsAsync(read({ flags: { url: 'http://a:100%@livy' } }), { message: /written %25/ });
  await t.throwsAsync(read({ flags: { yarnUrl: 'http://a:b@rm:8088' } }), {
    message: /^--yarn-url: credentials do not belong/,
  });
});

test('an address that is refused does not show its password', async (t) => {
  const error = await t.throwsAsync(read({ flags: { url: 'ftp://ada:hunter2@livy' } }));
  t.notRegex(error.message, /hunter2/);
});

test('a password comes from the environment, a file or stdin, never from the command line', async (t) => {
  const user = { LIVYWIRE_USER: 'ada' };
  const auth = async (input: Input) => (await read(input)).auth;
  const basic = { kind: 'basic', user: 'ada', password: 'hunter2' } as const;
  t.deepEqual(await auth({ env: { ...user, LIVYWIRE_PASSWORD: 'hunter2' } }), basic);
  t.deepEqual(await auth({ env: user, flags: { passwordFile: 'pw' }, files: { '/srv/pw': 'hunter2\n' } }), basic);
  t.deepEqual(await auth({ env: user, flags: { passwordFile: '-' }, stdin: 'hunter2\n' }), basic);
  await t.throwsAsync(auth({ env: user, flags: { password: 'hunter2' } }), {
    message: /^--password: everybody on this machine could read it; use --password-file/,
  });
  await t.throwsAsync(auth({ env: user }), { message: /^LIVYWIRE_USER: a user needs a password/ });
  await t.throwsAsync(auth({ env: { LIVYWIRE_PASSWORD: 'x' } }), { message: /a password needs a user/ });
  await t.throwsAsync(auth({ env: user, flags: { passwordFile: '/two' }, files: { '/two': 'a\nb\n' } }), {
    message: /one line, the secret/,
  });
});

test('a token is text, a file that is read each time, or a command that is run each time', async (t) => {
  const tokenOf = async (input: Input) => {
    const { auth } = await read(input);
    return auth.kind === 'bearer' ? auth.token() : auth.kind;
  };
  t.is(await tokenOf({ env: { LIVYWIRE_TOKEN: 'abc' } }), 'abc');
  const files = { '/t': 'one\n' };
  const { auth } = await read({ files, env: { LIVYWIRE_TOKEN_FILE: '/t' } });
  files['/t'] = 'two\n';
  t.is(auth.kind === 'bearer' && (await auth.token()), 'two');
  t.is(await tokenOf({ flags: { tokenCommand: 'give me one' } }), 'token of give me one');
  await t.throwsAsync(tokenOf({ env: { LIVYWIRE_TOKEN_FILE: '/gone' } }), {
    message: /^LIVYWIRE_TOKEN_FILE: \/gone is not there/,
  });
});

test('between a user and a token the nearer source decides; side by side they are a mistake', async (t) => {
  const user = { LIVYWIRE_USER: 'ada', LIVYWIRE_PASSWORD: 'x' };
  t.is((await read({ env: user, flags: { tokenCommand: 'c' } })).auth.kind, 'bearer');
  t.is(
    (await read({ env: { LIVYWIRE_TOKEN: 't', LIVYWIRE_PASSWORD: 'x' }, flags: { user: 'ada' } })).auth.kind,
    'basic',
  );
  await t.throwsAsync(read({ env: { ...user, LIVYWIRE_TOKEN: 't' } }), {
    message: /LIVYWIRE_TOKEN: names a token while LIVYWIRE_USER names a user/,
  });
});

test('credentials and what belongs to a cluster are never used with another server than the one they were written for', async (t) => {
  const files = {
    [CONFIG]:
      'profile: prod\nprofiles:\n  prod:\n    url: https://prod:8998\n    user: ada\n    passwordFile: /pw\n    headers: {X-Key: abc}\n    yarnUrl: http://prod:8088\n    insecure: true\n    proxy: socks5h://localhost:1080\n',
    '/pw': 'hunter2',
  };
  const own = await read({ files });
  t.like(own, { auth: { kind: 'basic' }, yarnUrl: 'http://prod:8088', notes: [] });
  const same = await read({ files, flags: { url: 'https://prod:8998/base' } });
  t.like(same, { auth: { kind: 'basic' }, yarnUrl: 'http://prod:8088' });

  const other = await read({ files, flags: { url: 'http://other:8998' } });
  t.like(other, { auth: { kind: 'none' }, headers: {}, tls: { insecure: false }, proxy: 'socks5h://localhost:1080' });
  t.false('yarnUrl' in other);
  t.is(other.notes.length, 5);
  t.regex(
    other.notes[0] ?? '',
    /user of profile prod in .* is for https:\/\/prod:8998, not for http:\/\/other:8998: left out/,
  );

  const env = await read({ env: { LIVYWIRE_URL: 'http://a:1', LIVYWIRE_TOKEN: 't' }, flags: { url: 'http://b:1' } });
  t.is(env.auth.kind, 'none');
});

test('headers, maps and proxies are checked before anything is sent', async (t) => {
  t.deepEqual((await read({ flags: { headers: ['X-A: 1', 'X-B:  two: three'] } })).headers, {
    'X-A': '1',
    'X-B': 'two: three',
  });
  t.deepEqual((await read({ env: { LIVYWIRE_HEADERS: 'X-A: 1\nX-B: 2' } })).headers, { 'X-A': '1', 'X-B': '2' });
  const header = await t.throwsAsync(read({ flags: { headers: ['hunter2'] } }), {
    message: /^--header: a header is written/,
  });
  t.notRegex(header.message, /hunter2/);
  t.deepEqual((await read({ env: { LIVYWIRE_MAP: 'a=b, *.ec2.internal:8042=127.0.0.1:1' } })).map, [
    'a=b',
    '*.ec2.internal:8042=127.0.0.1:1',
  ]);
  await t.throwsAsync(read({ flags: { map: ['a'] } }), { message: /^--map: "a" is not host\[:port\]=host\[:port\]/ });
  await t.throwsAsync(read({ flags: { proxy: 'localhost:1080' } }), { message: /^--proxy: .*is not a proxy/ });
});

test('the usual proxy variables are passed on as they are', async (t) => {
  const env = { HTTPS_PROXY: 'http://p:1', no_proxy: 'a,b', PATH: '/bin', ALL_PROXY: '' };
  t.deepEqual((await read({ env })).proxyEnv, { HTTPS_PROXY: 'http://p:1', no_proxy: 'a,b' });
});

test('nothing that is printed of settings holds a secret, but the secrets themselves', async (t) => {
  const { auth, ...rest } = await read({ flags: { url: URL }, env: { LIVYWIRE_TOKEN: 'hunter2' } });
  t.notRegex(JSON.stringify(rest), /hunter2/);
  t.notRegex(JSON.stringify(auth), /hunter2/);
});

for (const [text, ms] of [
  ['90s', 90_000],
  ['15m', 900_000],
  ['2h', 7_200_000],
  ['1h30m', 5_400_000],
  ['1d', 86_400_000],
  ['500ms', 500],
  ['1.5s', 1_500],
  ['0s', 0],
] as const) {
  test(`${text} is ${ms} milliseconds`, (t) => {
    t.is(parseDuration(text, '--timeout'), ms);
  });
}

for (const text of ['90', '', 'soon', '5 m', '-5s', '1e3s', '5M', `${'9'.repeat(400)}s`]) {
  test(`${JSON.stringify(text.slice(0, 10))} is no duration, and the error says how to write one`, (t) => {
    t.throws(() => parseDuration(text, '--timeout'), { name: 'ConfigError', message: /^--timeout: .*write it as 90s/ });
  });
}

test('steps need a cluster, EMR Serverless an application, and each says so', async (t) => {
  const refused = (env: Record<string, string>, message: RegExp) =>
    t.throwsAsync(read({ env }), { name: 'ConfigError', message });
  await refused(
    { LIVYWIRE_BACKEND: 'emr-step' },
    /LIVYWIRE_BACKEND: steps are those of an EMR cluster, which --cluster/,
  );
  await refused({ LIVYWIRE_BACKEND: 'emr-serverless' }, /give its id by --application/);
  await refused({ LIVYWIRE_BACKEND: 'glue' }, /write one of livy, emr-step, emr-serverless/);
  await refused({ LIVYWIRE_LOG_URI: 'hdfs:///logs' }, /LIVYWIRE_LOG_URI: should be a place in S3/);
  const steps = await read({ env: { LIVYWIRE_BACKEND: 'emr-step', LIVYWIRE_CLUSTER: 'nightly' } });
  t.is(steps.cluster?.backend, 'emr-step');
  const serverless = await read({ env: { LIVYWIRE_APPLICATION: '00f1', LIVYWIRE_LOG_URI: 's3://b/l' } });
  t.deepEqual(serverless.serverless, { applicationId: '00f1', logUri: 's3://b/l' });
});

import test from 'ava';
import { ConfigError } from '../../src/core/index.js';
import { type ProxyOptions, proxyRules } from '../../src/http/proxy-rules.js';

const pick = (options: ProxyOptions, host: string, { port = 8998, secure = false } = {}) =>
  proxyRules(options)({ host, port }, secure)?.label;

test('without settings nothing is proxied, whatever the process environment says', (t) => {
  t.is(pick({}, 'livy.corp'), undefined);
  t.is(pick({}, 'livy.corp', { secure: true }), undefined);
});

test('the environment counts when it is handed in, by scheme, lower case first', (t) => {
  const env = {
    HTTP_PROXY: 'http://upper:1',
    http_proxy: 'http://lower:2',
    HTTPS_PROXY: 'http://secure:3',
    ALL_PROXY: 'socks5://all:4',
  };
  t.is(pick({ env }, 'livy.corp'), 'http://lower:2');
  t.is(pick({ env }, 'livy.corp', { secure: true }), 'http://secure:3');
  t.is(pick({ env: { ALL_PROXY: 'socks5://all:4' } }, 'livy.corp', { secure: true }), 'socks5://all:4');
});

test('an empty variable is no variable', (t) => {
  t.is(pick({ env: { HTTP_PROXY: '', ALL_PROXY: ' ' } }, 'livy.corp'), undefined);
});

test('a bare host:port is an HTTP proxy, as it is to curl', (t) => {
  t.is(pick({ env: { HTTP_PROXY: 'proxy.corp:3128' } }, 'livy.corp'), 'http://proxy.corp:3128');
});

test('a proxy from the environment is never asked for this machine itself', (t) => {
  const env = { ALL_PROXY: 'http://proxy:1' };
  for (const host of ['localhost', 'x.localhost', '127.0.0.1', '127.9.9.9', '::1'])
    t.is(pick({ env }, host), undefined, host);
  t.is(pick({ env }, '128.0.0.1'), 'http://proxy:1');
});

test('a stated proxy is asked for everything, loopback too: there it means the far end', (t) => {
  t.is(pick({ proxy: 'socks5h://bastion:1080' }, 'localhost'), 'socks5h://bastion:1080');
});

test('a stated proxy replaces the environment, its NO_PROXY included', (t) => {
  const env = { NO_PROXY: '*', HTTP_PROXY: 'http://other:1' };
  t.is(pick({ proxy: 'http://mine:1', env }, 'livy.corp'), 'http://mine:1');
  t.is(pick({ proxy: 'http://mine:1', env, noProxy: 'corp' }, 'livy.corp'), undefined);
});

test('none means none', (t) => {
  t.is(pick({ proxy: 'none', env: { ALL_PROXY: 'http://p:1' } }, 'livy.corp'), undefined);
});

const noProxyCases: [list: string, host: string, port: number, exempt: boolean][] = [
  ['*', 'anything', 1, true],
  ['corp', 'livy.corp', 1, true],
  ['.corp', 'livy.corp', 1, true],
  ['*.corp', 'livy.corp', 1, true],
  ['.corp', 'corp', 1, true],
  ['corp', 'notcorp', 1, false],
  ['livy.corp:8998', 'livy.corp', 8998, true],
  ['livy.corp:8998', 'livy.corp', 8088, false],
  ['a, b livy.corp', 'livy.corp', 1, true],
  ['LIVY.Corp', 'livy.corp', 1, true],
  ['10.0.0.0/8', '10.200.3.4', 1, true],
  ['10.0.0.0/8', '11.0.0.1', 1, false],
  ['10.0.0.1', '10.0.0.1', 1, true],
  ['10.0.0.1', '10.0.0.10', 1, false],
  ['0.0.1', '10.0.0.1', 1, false],
  ['fd00::/8', 'fd12::1', 1, true],
  ['[fd00::1]', 'fd00::1', 1, true],
  ['[fd00::1]:80', 'fd00::1', 80, true],
  ['[fd00::1]:80', 'fd00::1', 81, false],
];
for (const [list, host, port, exempt] of noProxyCases) {
  test(`NO_PROXY=${list} ${exempt ? 'exempts' : 'does not exempt'} ${host}:${port}`, (t) => {
    const env = { HTTP_PROXY: 'http://p:1', NO_PROXY: list };
    t.is(pick({ env }, host, { port }), exempt ? undefined : 'http://p:1');
  });
}

test('a network that is none is refused', (t) => {
  t.throws(() => proxyRules({ proxy: 'http://p:1', noProxy: '10.0.0.0/33' }), {
    instanceOf: ConfigError,
    message: /10\.0\.0\.0\/33/,
  });
});

for (const proxy of [
  'ftp://user:hunter22@p:1',
  'socks5h://',
  'http://user:hunter22@p:1/path',
  'http://user:hunter22%@p:1',
  'http://user:hunter22@p:notaport',
]) {
  test(`${proxy.replace(/user.*@/, '')} as a proxy is refused without showing a password`, (t) => {
    const error = t.throws(() => proxyRules({ proxy }), { instanceOf: ConfigError, message: /socks5h:\/\/host:port/ });
    t.false(error?.message.includes('hunter22'));
    t.is(error?.field, 'proxy');
  });
}

test('the label of a proxy has no credentials', (t) => {
  t.is(pick({ proxy: 'socks5h://user:hunter22@bastion:1080' }, 'x'), 'socks5h://bastion:1080');
});

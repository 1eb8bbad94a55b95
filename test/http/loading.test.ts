import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { connectProxy } from '../helpers/connect-proxy.js';
import { socksServer } from '../helpers/socks-server.js';
import { tlsFiles } from '../helpers/tls.js';
import { json, webServer } from '../helpers/web-server.js';

const run = promisify(execFile);
const entrance = new URL('../../src/http/index.ts', import.meta.url).href;

/** Runs a script in a process of its own until that ends by itself, and tells which packages it loaded. */
async function packagesLoaded(t: ExecutionContext, script: string): Promise<Set<string>> {
  const folder = await mkdtemp(join(tmpdir(), 'livywire-test-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const code = `import { createNetwork, Http } from ${JSON.stringify(entrance)};\n${script}`;
  const env = { ...process.env, NODE_V8_COVERAGE: folder };
  await run(process.execPath, ['--import=tsx', '--input-type=module', '--eval', code], { env, timeout: 60_000 });
  const packages = new Set<string>();
  for (const file of await readdir(folder)) {
    const { result } = JSON.parse(await readFile(join(folder, file), 'utf8')) as { result: { url: string }[] };
    for (const { url } of result) {
      // The innermost package; axios has its own copies of some.
      const name = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url);
      if (name?.[1]) packages.add(url.includes('/axios/node_modules/') ? `axios/${name[1]}` : name[1]);
    }
  }
  return packages;
}

const proxies = ['socks-proxy-agent', 'socks', 'http-proxy-agent', 'https-proxy-agent'];
const among = (loaded: Set<string>) => proxies.filter((name) => loaded.has(name));

test('importing it loads neither axios nor a proxy, nor does making a client with one', async (t) => {
  const loaded = await packagesLoaded(
    t,
    `new Http({ baseUrl: 'http://x', network: createNetwork({ proxy: 'socks5h://p:1' }) });`,
  );
  t.true(loaded.has('p-retry'), 'the measurement works');
  t.false(loaded.has('axios'));
  t.deepEqual(among(loaded), []);
});

test('a direct call loads no proxy, and its idle connection does not keep the process alive', async (t) => {
  const server = await webServer(t, json({}));
  const loaded = await packagesLoaded(t, `await new Http({ baseUrl: '${server.url}' }).get('/');`);
  t.true(loaded.has('axios'));
  t.deepEqual(among(loaded), []);
  t.is(server.seen.length, 1);
});

test('a call through SOCKS loads that agent only, and its idle connection does not keep the process alive', async (t) => {
  const server = await webServer(t, json({}), tlsFiles.server);
  const proxy = await socksServer({ names: { 'livy.test:443': { host: '127.0.0.1', port: server.port } } });
  t.teardown(() => proxy.close());
  const loaded = await packagesLoaded(
    t,
    `const network = createNetwork({ insecure: true, proxy: 'socks5h://127.0.0.1:${proxy.port}' });
     await new Http({ baseUrl: 'https://livy.test', network }).get('/');`,
  );
  t.deepEqual(among(loaded), ['socks-proxy-agent', 'socks']);
  t.is(server.seen.length, 1);
});

test('idle tunnels and proxied connections do not keep the process alive', async (t) => {
  const secure = await webServer(t, json({}), tlsFiles.server);
  const plain = await webServer(t, json({}));
  const proxy = await connectProxy({
    names: {
      'livy.test:443': { host: '127.0.0.1', port: secure.port },
      'livy.test:80': { host: '127.0.0.1', port: plain.port },
    },
  });
  t.teardown(() => proxy.close());
  await packagesLoaded(
    t,
    `const network = createNetwork({ insecure: true, proxy: 'http://127.0.0.1:${proxy.port}' });
     await new Http({ baseUrl: 'https://livy.test', network }).get('/');
     await new Http({ baseUrl: 'http://livy.test', network }).get('/');`,
  );
  t.is(secure.seen.length + plain.seen.length, 2);
});

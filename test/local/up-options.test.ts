import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { ConfigError } from '../../src/core/index.js';
import { up, type UpOptions } from '../../src/local/index.js';
import { differences } from '../../src/local/up.js';

const wrong: readonly (readonly [string, UpOptions, RegExp])[] = [
  ['a port beyond the last one', { port: 99_999 }, /port must be .* from 1 to 65535, not 99999/],
  ['port 0', { port: 0 }, /port must be .* from 1 to 65535, not 0/],
  ['a folder to allow that is not there', { allow: ['/nonexistent'] }, /no folder \/nonexistent/],
  ['a fourth primary', { aws: true, primaries: 4 }, /1 to 3 primaries, not 4/],
  ['several primaries without AWS', { yarn: true, primaries: 2 }, /Several primaries need aws/],
  ['a setting of Livy that is none', { conf: { 'a b': '1' } }, /"a b" is no name of a setting/],
  ['a setting of Spark that is none', { sparkConf: { 'a=b': '1' } }, /"a=b" is no name of a setting/],
];
for (const [what, options, message] of wrong) {
  test(`up refuses ${what} before it fetches or writes anything`, async (t) => {
    const root = await mkdtemp(join(tmpdir(), 'livywire-up-'));
    t.teardown(() => rm(root, { recursive: true, force: true }));
    const fetched: string[] = [];
    const places = { cacheDir: join(root, 'cache'), stateDir: join(root, 'state') };
    // No Python is made from this one: should the check be missing, nothing is fetched either.
    const wish = { ...options, ...places, python: '/nonexistent', onProgress: () => fetched.push('x') };
    const error = await t.throwsAsync(up(wish), { instanceOf: ConfigError });
    t.regex(error?.message ?? '', message);
    t.deepEqual(await readdir(root), []);
    t.deepEqual(fetched, []);
  });
}

test('an up that states no folder to allow wants what is there; what it states has to be the same', (t) => {
  const of = (wish: object) => JSON.stringify(wish);
  t.deepEqual(differences(of({ yarn: false, allow: ['/a'] }), of({ yarn: false })), []);
  t.deepEqual(differences(of({ yarn: false }), of({ yarn: false })), []);
  t.deepEqual(differences(of({ yarn: false, allow: ['/a'] }), of({ yarn: false, allow: ['/a'] })), []);
  t.deepEqual(differences(of({ yarn: false, allow: ['/a'] }), of({ yarn: false, allow: ['/b'] })), ['allow']);
  t.deepEqual(differences(of({ yarn: false, port: 1 }), of({ yarn: true, port: 1 })), ['yarn']);
  t.deepEqual(differences(of({ yarn: false, port: 1 }), of({ yarn: false })), ['port']);
});

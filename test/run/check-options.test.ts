import test from 'ava';
import { ConfigError } from '../../src/core/index.js';
import { testLivywire } from '../../src/testing/index.js';

const spec = { file: 's3://jobs/etl.py' };

for (const [field, value] of [
  ['timeoutMs', '60s'],
  ['timeoutMs', Number.NaN],
  ['timeoutMs', -5],
  ['maxDelayMs', Number.NaN],
] as const) {
  test(`a wait refuses ${field}: ${String(value)} before it asks anybody`, async (t) => {
    const lw = testLivywire();
    const run = await lw.submit(spec);
    const before = lw.backend.requests.length;
    const error = await t.throwsAsync(run.wait({ [field]: value }), { instanceOf: ConfigError });
    t.is((error as ConfigError | undefined)?.field, field);
    t.is(lw.backend.requests.length, before);
  });
}

test('a submit refuses options that it cannot keep, and sends nothing', async (t) => {
  const lw = testLivywire();
  for (const [field, value] of [
    ['deadlineMs', Number.NaN],
    ['retryOf', 'succeeded'],
    ['key', 7],
  ] as const) {
    const error = await t.throwsAsync(lw.submit(spec, { [field]: value }), { instanceOf: ConfigError });
    t.is((error as ConfigError | undefined)?.field, field);
  }
  t.deepEqual(lw.backend.requests, []);
});

test('a tail that is no number of lines is refused', async (t) => {
  const run = await testLivywire().submit(spec);
  await t.throwsAsync(run.logs({ tail: -1 }).next(), { instanceOf: ConfigError });
});

test('a plan names the attempt that a submit would start', async (t) => {
  const lw = testLivywire({ script: () => ({ outcome: 'failed' }) });
  await (await lw.submit(spec, { key: 'k' })).wait();
  t.regex(String((await lw.plan(spec, { key: 'k' })).name), /-a1$/);
  t.regex(String((await lw.plan(spec, { key: 'k', retryOf: 'failed' })).name), /-a2$/);
});

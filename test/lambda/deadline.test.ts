import process from 'node:process';
import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import { systemClock } from '../../src/core/index.js';
import { withTimeLeft } from '../../src/lambda/deadline.js';

test('Node takes it for no leak that many wait for the end of an invocation', async (t) => {
  const warnings: string[] = [];
  const listen = ({ message }: Error) => void warnings.push(message);
  process.on('warning', listen);
  t.teardown(() => process.off('warning', listen));
  await withTimeLeft(systemClock, undefined, async ({ signal }) => {
    for (let runs = 0; runs < 40; runs++) signal.addEventListener('abort', () => undefined);
    await turn();
  });
  t.deepEqual(warnings, []);
});

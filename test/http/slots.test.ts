import test from 'ava';
import { Slots } from '../../src/http/slots.js';

test('a signal that was aborted before ends the wait for a slot at once, and takes none', async (t) => {
  const slots = new Slots(1);
  t.true(slots.tryTake());
  const reason = new Error('over');
  const late = new Promise((resolve) => setImmediate(resolve, 'still waiting'));
  const waited = slots.wait(AbortSignal.abort(reason)).catch((error: unknown) => error);
  t.is(await Promise.race([waited, late]), reason);
  slots.give();
  t.true(slots.tryTake(), 'nobody stands in the queue');
});

test('a signal that aborts later ends the wait, and the next in the queue gets the slot', async (t) => {
  const slots = new Slots(1);
  t.true(slots.tryTake());
  const stop = new AbortController();
  const first = slots.wait(stop.signal);
  const second = slots.wait(undefined);
  stop.abort(new Error('over'));
  await t.throwsAsync(first, { message: 'over' });
  slots.give();
  await t.notThrowsAsync(second);
});

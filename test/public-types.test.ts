import test from 'ava';
import { expectTypeOf } from 'expect-type';
import type { Livywire, Run, RunEvent, RunOutcome, RunRef } from '../src/index.js';

// Checked by the compiler; running it only says that it was.
test('an outcome is told apart by its kind, and only a failure has a diagnosis', (t) => {
  expectTypeOf<RunOutcome['kind']>().toEqualTypeOf<'succeeded' | 'failed' | 'cancelled' | 'lost'>();
  expectTypeOf<Extract<RunOutcome, { kind: 'failed' }>>().toHaveProperty('diagnosis');
  expectTypeOf<Exclude<RunOutcome, { kind: 'failed' }>>().not.toHaveProperty('diagnosis');
  t.pass();
});

test('events are told apart by their type, and the last one carries the outcome', (t) => {
  expectTypeOf<Run['events']>().returns.toExtend<AsyncIterable<RunEvent>>();
  expectTypeOf<Extract<RunEvent, { type: 'line' }>>().toHaveProperty('text').toEqualTypeOf<string>();
  expectTypeOf<Extract<RunEvent, { type: 'outcome' }>>().toHaveProperty('outcome').toEqualTypeOf<RunOutcome>();
  t.pass();
});

test('a ref is plain JSON with a version, and a run comes back from it', (t) => {
  expectTypeOf<RunRef['v']>().toEqualTypeOf<1>();
  expectTypeOf<Livywire['attach']>().returns.toEqualTypeOf<Run>();
  expectTypeOf<Run['wait']>().returns.resolves.toEqualTypeOf<RunOutcome>();
  t.pass();
});

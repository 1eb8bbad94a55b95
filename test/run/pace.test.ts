import fc from 'fast-check';
import test from 'ava';
import { pace } from '../../src/run/index.js';

const bounds = { minMs: 1_000, maxMs: 60_000 };

test('the pause is 5 % of the age', (t) => {
  t.is(pace(100_000, bounds), 5_000);
  t.is(pace(600_000, bounds), 30_000);
});

test('the pause never leaves its bounds, whatever the age', (t) => {
  fc.assert(
    fc.property(fc.double(), (ageMs) => {
      const ms = pace(ageMs, bounds);
      return ms >= bounds.minMs && ms <= bounds.maxMs;
    }),
  );
  t.is(pace(-5, bounds), 1_000);
  t.is(pace(Number.NaN, bounds), 60_000);
});

test('an older run is never asked more often', (t) => {
  const age = fc.double({ min: 0, max: 1e12, noNaN: true });
  fc.assert(fc.property(age, age, (a, b) => a > b || pace(a, bounds) <= pace(b, bounds)));
  t.pass();
});

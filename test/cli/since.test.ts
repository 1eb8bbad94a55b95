import test from 'ava';
import { Since } from '../../src/app/index.js';
import { sinceOf } from '../../src/cli/since.js';

const NOW = Date.parse('2026-11-23T05:00:00Z');

test('a time, or how long ago', (t) => {
  t.is(sinceOf(undefined, NOW), undefined);
  t.is(sinceOf('15m', NOW), NOW - 900_000);
  t.is(sinceOf('2026-11-23T04:00:00Z', NOW), NOW - 3_600_000);
  t.is(sinceOf('2026-11-23T04:00:00', NOW), NOW - 3_600_000, 'without a zone it is UTC, as the log is');
  t.is(sinceOf('2026-11-23T05:00:00+01:00', NOW), NOW - 3_600_000);
  t.is(sinceOf('2026-11-23', NOW), NOW - 5 * 3_600_000);
  for (const wrong of ['15', 'yesterday', '2026-13-01', ''])
    t.throws(() => sinceOf(wrong, NOW), { code: 'CONFIG_INVALID' });
});

test('only what is known to be older is left out', (t) => {
  const since = new Since(NOW);
  const lines = [
    ['stdout', 'printed by the job, with no time', true],
    ['stderr', 'before any stamp', true],
    ['stderr', '26/11/23 04:59:59 INFO Old: x', false],
    ['stderr', '\tat of.the.Old(One.scala:1)', false],
    ['stdout', 'of another stream', true],
    ['stderr', '26/11/23 05:00:00 INFO New: x', true],
    ['stderr', '\tat of.the.New(One.scala:1)', true],
    ['stderr', '2026-11-23T04:00:00,123 INFO Old: in the other layout', false],
  ] as const;
  for (const [stream, text, expected] of lines) t.is(since.includes({ stream, source: 'c', text }), expected, text);
});

import test from 'ava';
import { EarlyEvents } from '../../src/app/early-events.js';
import type { RunEvent } from '../../src/core/index.js';

const line = (i: number): RunEvent => ({ type: 'line', stream: 'stdout', text: `${i}`, source: 'test' });
const state: RunEvent = { type: 'state', status: { raw: 'RUNNING', state: 'running', source: 'yarn', links: {} } };

test('of a million lines that came too early the last ones are kept, and the state however long ago it was told', (t) => {
  const early = new EarlyEvents();
  early.add(state);
  for (let i = 0; i < 1_000_000; i++) early.add(line(i));
  const [first, ...lines] = early.drain();
  t.is(first, state);
  t.true(lines.length >= 1_000 && lines.length <= 10_000, `${lines.length}`);
  t.deepEqual(lines.at(-1), line(999_999));
  t.deepEqual(early.drain(), []);
});

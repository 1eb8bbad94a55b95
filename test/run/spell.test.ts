import test from 'ava';
import { Spell } from '../../src/run/spell.js';

/** A clock that the test sets. */
function setUp() {
  let now = 1_000_000;
  const spell = new Spell({ now: () => now, sleep: async () => undefined });
  const pass = (ms: number) => {
    now += ms;
    spell.goOn();
  };
  spell.goOn();
  return { spell, pass };
}

test('a spell is as long as the rounds that it went on for', (t) => {
  const { spell, pass } = setUp();
  for (let i = 0; i < 5; i++) pass(5_000);
  t.false(spell.isLonger(30_000));
  pass(5_000);
  t.true(spell.isLonger(30_000));
});

test('where there is a clock that nobody sets, the other one does not count', (t) => {
  let [set, elapsed] = [1_000_000, 0];
  const spell = new Spell({ now: () => set, elapsed: () => elapsed, sleep: async () => undefined });
  for (let i = 0; i < 6; i++) {
    spell.goOn();
    set += 3_600_000;
    elapsed += 5_000;
  }
  t.false(spell.isLonger(30_000));
  spell.goOn();
  t.true(spell.isLonger(30_000));
});

test('a clock that is set forward makes no spell long', (t) => {
  const { spell, pass } = setUp();
  pass(5_000);
  pass(3_600_000);
  t.false(spell.isLonger(30_000), 'an hour in one step counts for 15 s');
  pass(5_000);
  pass(5_000);
  t.true(spell.isLonger(30_000));
});

test('a clock that is set back takes nothing away, and an end begins anew', (t) => {
  const { spell, pass } = setUp();
  pass(20_000);
  pass(-3_600_000);
  pass(10_000);
  t.false(spell.isLonger(30_000));
  pass(10_000);
  t.true(spell.isLonger(30_000));
  spell.end();
  t.false(spell.isLonger(1));
});

test('another answer begins a spell of its own', (t) => {
  let now = 0;
  const spell = new Spell({ now: () => now, sleep: async () => undefined });
  for (const answer of ['silent', 'silent', 'silent', 'doubt', 'doubt', 'silent', 'silent']) {
    now += 10_000;
    spell.goOn(answer);
    t.false(spell.isLonger(30_000));
  }
  for (let i = 0; i < 2; i++) spell.goOn(((now += 10_000), 'silent'));
  t.true(spell.isLonger(30_000));
});

test('two rounds are never a long spell', (t) => {
  const { spell, pass } = setUp();
  pass(3_600_000);
  t.false(spell.isLonger(1_000));
});

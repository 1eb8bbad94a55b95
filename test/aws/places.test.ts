import test from 'ava';
import fc from 'fast-check';
import { Places } from '../../src/aws/ledger/places.js';
import type { RunRecord } from '../../src/core/index.js';
import { recordOf } from '../helpers/ledger-contract.js';

const endedOf = (record: RunRecord, attempt: number, who: string): RunRecord => ({
  ...record,
  attempts: record.attempts.map((one) => ({
    ...one,
    attempt,
    phase: 'refused',
    appId: 'application_1_0001',
    by: { who, proof: 'claimed', host: 'h', livywire: '1.0.0' },
  })),
});

test('a name tells what a list shows, whatever the key, the person and the label are', (t) => {
  const words = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(words, words, words, fc.nat(1_000), (key, who, label, attempt) => {
      const places = new Places('team/livywire');
      const record = { ...recordOf(key), spec: { file: 'x', name: label } };
      const object = places.endedAttempt(endedOf(record, attempt, who));
      t.true(Buffer.byteLength(object) <= 1_024);
      t.regex(object, /^team\/livywire\/ended\/day=2026-01-01\/000000000\.20260101000000000\.[\w.-]+\.json$/);
      const named = places.readEnded(object);
      t.is(named?.hash, places.hashOf(key));
      t.deepEqual(named?.summary, {
        key: Buffer.from(key).toString(),
        createdAt: record.createdAt,
        lastAt: record.createdAt,
        attempt,
        state: 'refused',
        appId: 'application_1_0001',
        who: Buffer.from(who).toString(),
        label: Buffer.from(label).toString(),
      });
    }),
  );
});

test('a key too long for a name is left to the record', (t) => {
  const places = new Places('x'.repeat(200));
  const object = places.endedAttempt(endedOf(recordOf('ä'.repeat(1_024)), 1, 'w'.repeat(200)));
  t.true(Buffer.byteLength(object) <= 1_024);
  const named = places.readEnded(object);
  t.is(named?.summary, undefined);
  t.is(named?.hash, places.hashOf('ä'.repeat(1_024)));
});

test('what others put there is passed over', (t) => {
  const places = new Places('');
  for (const object of [
    'ended/day=2026-01-01/',
    'ended/readme.txt',
    `ended/day=2026-01-01/000000000.20260101000000000.${'a'.repeat(64)}.1.dancing......json`,
  ]) {
    t.is(places.readEnded(object), undefined);
  }
  t.is(places.readActive('active/readme.txt'), undefined);
  t.deepEqual(places.readActive(`active/${'a'.repeat(64)}.3`), { hash: 'a'.repeat(64), attempt: 3 });
});

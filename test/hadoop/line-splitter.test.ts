import test from 'ava';
import fc from 'fast-check';
import { LineSplitter, LONGEST_LINE } from '../../src/hadoop/line-splitter.js';

const texts = (splitter: LineSplitter, ...pieces: Buffer[]) =>
  [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()].map(({ text }) => text);

/** Cuts bytes wherever the numbers say. */
function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((to, i) => bytes.subarray(cuts[i], to));
}

test('wherever bytes are cut, in the middle of a character too, the lines are the same', (t) => {
  const line = fc.string({ unit: fc.constantFrom('a', ' ', 'é', '数', '🚰', '\t', '\r') });
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat()), fc.boolean(), fc.boolean(), (lines, places, isEnded, bytes) => {
      const text = lines.join('\n') + (isEnded && lines.length > 0 ? '\n' : '');
      const pieces = cutAt(Buffer.from(text), places);
      const expected = text.split('\n').map((one) => one.replace(/\r$/, ''));
      if (text.endsWith('\n') || text === '') expected.pop();
      t.deepEqual(texts(new LineSplitter({ bytes }), ...pieces), expected);
    }),
  );
});

test('bytes that were asked for are those of the log, whatever they are', (t) => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.array(fc.nat()), (all, places) => {
      const splitter = new LineSplitter({ bytes: true });
      const lines = cutAt(Buffer.from(all), places).flatMap((piece) => splitter.push(piece));
      const given = [...lines, ...splitter.end()].map((line) => line.bytes ?? new Uint8Array());
      t.deepEqual(Buffer.concat(given), Buffer.from(all));
    }),
  );
});

test('what is not UTF-8 becomes the replacement character, and no line is lost', (t) => {
  t.deepEqual(texts(new LineSplitter(), Buffer.from([0x61, 0xff, 0x0a, 0x62])), ['a\ufffd', 'b']);
});

test('a line without end comes in parts, cut between characters, and memory stays bounded', (t) => {
  const splitter = new LineSplitter();
  const piece = Buffer.from('数'.repeat(200_000));
  const parts = Array.from({ length: 10 }, () => splitter.push(piece)).flat();
  t.true(parts.length >= 5);
  t.true(parts.every(({ text, continues }) => continues === true && /^数+$/.test(text)));
  t.true(parts.every(({ text }) => Buffer.byteLength(text) <= LONGEST_LINE));
  const rest = splitter.push(Buffer.from('!\nnext\n'));
  t.deepEqual(
    rest.map(({ continues }) => continues),
    [undefined, undefined],
  );
  t.is([...parts, ...rest.slice(0, 1)].map(({ text }) => text).join(''), `${'数'.repeat(2_000_000)}!`);
});

import test from 'ava';
import fc from 'fast-check';
import { LogFile, type LogPlace } from '../../src/hadoop/log-file.js';
import { readLogAnswer } from '../../src/hadoop/log-answer.js';
import { logAnswer } from './log-cluster.js';

/** A node that has this file; `onRead` may change it in between. */
class Place implements LogPlace {
  file: Buffer | undefined = Buffer.alloc(0);
  asked = 0;
  onRead: () => void = () => undefined;
  async read({ size, most }: { readonly size: number; readonly most: number }) {
    this.asked++;
    this.onRead();
    if (this.file === undefined) return undefined;
    const whole = logAnswer('node-last-bytes', this.file, size);
    return readLogAnswer(whole.subarray(0, most), size, whole.length > most);
  }
  append(text: string | Buffer): void {
    this.file = Buffer.concat([this.file ?? Buffer.alloc(0), Buffer.from(text)]);
  }
}

/** All that is there now. */
async function drain(file: LogFile, place: Place): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (;;) {
    const reading = await file.next(place, {});
    if (!reading || reading.changed !== undefined) break;
    pieces.push(Buffer.from(reading.fresh));
    if (reading.isEnd) break;
  }
  return Buffer.concat(pieces);
}
const ALL_NOISE = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => 32 + ((i * 7919 + (i >> 8)) % 90)));
const noise = (length: number): Buffer => ALL_NOISE.subarray(0, length);

test('every byte comes once, however the file grows between and during the readings', async (t) => {
  const steps = fc.array(fc.tuple(fc.nat(1_200_000), fc.nat(20_000)), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(steps, async (growth) => {
      const place = new Place();
      const file = new LogFile('stdout');
      const given: Buffer[] = [];
      for (const [before, during] of growth) {
        place.append(noise(before));
        let left = 3;
        place.onRead = () => void (left-- > 0 && place.append(noise(during)));
        given.push(await drain(file, place));
      }
      place.onRead = () => undefined;
      given.push(await drain(file, place));
      t.true(Buffer.concat(given).equals(place.file ?? Buffer.alloc(0)));
    }),
    { numRuns: 12 },
  );
});

test('a piece is never longer than half a megabyte', async (t) => {
  const place = new Place();
  place.append(noise(3_000_000));
  const file = new LogFile('stdout');
  for (let read = 0; read < 3_000_000;) {
    const { fresh } = (await file.next(place, {})) ?? { fresh: Buffer.alloc(0) };
    t.true(fresh.length > 0 && fresh.length <= 540_000);
    read += fresh.length;
  }
});

test('a file that does not grow costs one small question', async (t) => {
  const place = new Place();
  place.append(noise(100_000));
  const file = new LogFile('stdout');
  await drain(file, place);
  await drain(file, place);
  place.asked = 0;
  t.is((await drain(file, place)).length, 0);
  t.is(place.asked, 1);
});

test('a file that became shorter, or another one of the same length, is told, and nothing of it is given', async (t) => {
  for (const [changed, now] of [
    ['shorter', noise(10)],
    ['other', Buffer.from(noise(1_000)).reverse()],
  ] as const) {
    const place = new Place();
    place.append(noise(1_000));
    const file = new LogFile('stdout');
    await drain(file, place);
    place.file = now;
    t.like(await file.next(place, {}), { changed });
    file.rewind();
    t.deepEqual(await drain(file, place), now);
  }
});

test('the last lines are found wherever they begin', async (t) => {
  const lines = Array.from({ length: 40_000 }, (_, i) => `${i} ${'x'.repeat(i % 90)}\n`);
  for (const [tail, ended] of [
    [0, true],
    [1, true],
    [1, false],
    [20, true],
    [5_000, true],
    [35_000, false],
    [99_999, true],
  ] as const) {
    const place = new Place();
    const text = lines.join('') + (ended ? '' : 'unfinished');
    place.append(text);
    const file = new LogFile('stdout');
    t.true(await file.skipToTail(tail, place, {}));
    const given = (await drain(file, place)).toString().split(/(?<=\n)/);
    const all = ended ? lines : [...lines, 'unfinished'];
    t.deepEqual(
      given.filter((line) => line !== ''),
      tail === 0 ? [] : all.slice(-tail),
      `${tail} ${ended}`,
    );
  }
});

test('no file, no bytes', async (t) => {
  const place = new Place();
  place.file = undefined;
  t.is(await new LogFile('stdout').next(place, {}), undefined);
  t.false(await new LogFile('stdout').skipToTail(3, place, {}));
});

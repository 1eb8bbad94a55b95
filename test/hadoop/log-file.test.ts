import test from 'ava';
import fc from 'fast-check';
import { ContainerLog } from '../../src/hadoop/container-log.js';
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
    t.is(await file.skipToTail(tail, place, {}), 'done');
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
  t.is(await new LogFile('stdout').skipToTail(3, place, {}), 'missing');
});

/** A job that writes so many bytes between two questions: lines of 100 bytes, each with its number. */
class FastPlace implements LogPlace {
  length = 1_000;
  asked = 0;
  perQuestion = 0;
  async read({ size, most }: { readonly size: number; readonly most: number }) {
    this.asked++;
    this.length += this.perQuestion;
    const start = size < 0 ? Math.max(0, this.length + size) : 0;
    const end = size < 0 ? this.length : Math.min(size, this.length);
    const cut = Math.min(end, start + most - 300);
    return { length: this.length, start, bytes: fastBytes(start, cut), isOpen: cut < end ? undefined : true };
  }
}
const numbered = (i: number): string => `${String(i).padStart(9, '0')} ${'x'.repeat(89)}\n`;
function fastBytes(start: number, end: number): Buffer {
  const first = Math.floor(start / 100);
  const lines = Array.from({ length: Math.ceil(end / 100) - first }, (_, i) => numbered(first + i)).join('');
  return Buffer.from(lines).subarray(start - first * 100, end - first * 100);
}
const FAST = { stream: 'stdout' } as const;

/** One reading: the numbers of its lines, and the most that came at once. */
async function reading(log: ContainerLog, place: LogPlace, into: number[] = []) {
  const pieces = log.read(place, false, {});
  for (let most = 0; ;) {
    const { value, done } = await pieces.next();
    if (done) return { ...value, most };
    most = Math.max(most, value.length);
    for (const item of value) if (item.type === 'line') into.push(Number.parseInt(item.text, 10));
  }
}
const isCounted = (numbers: readonly number[]): boolean => numbers.every((number, i) => number === i);

for (const perQuestion of [600_000, 1_500_000, 4_000_000]) {
  test(`a writer of ${perQuestion} bytes for each question is kept up with`, async (t) => {
    const place = new FastPlace();
    const log = new ContainerLog('container_1_0001_01_000001', 1, FAST);
    const lines: number[] = [];
    await reading(log, place, lines);
    place.perQuestion = perQuestion;
    for (let i = 0; i < 3; i++) {
      const before = lines.length;
      place.asked = 0;
      const { isOpen, most } = await reading(log, place, lines);
      t.true(lines.length > before, 'each reading brings some');
      const pieces = ((lines.length - before) * 100) / (512 * 1024);
      t.true(place.asked < 10 + 3 * pieces, `asked ${place.asked} times for ${pieces} pieces`);
      t.true(isOpen);
      t.true(most <= 6_000, `${most} lines at once`);
    }
    place.perQuestion = 0;
    await reading(log, place, lines);
    t.is(lines.length, place.length / 100);
    t.true(isCounted(lines));
  });
}

test('a writer that cannot be kept up with ends the reading, so that a pause is made, and nothing is lost of it', async (t) => {
  const place = new FastPlace();
  const log = new ContainerLog('container_1_0001_01_000001', 1, FAST);
  const lines: number[] = [];
  await reading(log, place, lines);
  place.perQuestion = 9_500_000;
  place.asked = 0;
  const { isOpen } = await reading(log, place, lines);
  t.true(place.asked < 20, `it asked ${place.asked} times in one go`);
  t.true(isOpen, 'its end was not seen, so it is not over');
  place.perQuestion = 0;
  await reading(log, place, lines);
  t.is(lines.length, place.length / 100);
  t.true(isCounted(lines));
});

for (const perQuestion of [600_000, 2_000_000, 30_000_000]) {
  test(`the last lines of a file that grows by ${perQuestion} are found, or left for the next reading`, async (t) => {
    const place = new FastPlace();
    const file = new LogFile('stdout');
    place.perQuestion = perQuestion;
    const skipped = await file.skipToTail(2_000, place, {});
    t.true(place.asked < 20, `asked ${place.asked} times`);
    t.is(skipped, perQuestion > 8_000_000 ? 'behind' : 'done');
    place.perQuestion = 0;
    if (skipped === 'behind') t.is(await file.skipToTail(2_000, place, {}), 'done');
    t.is(file.offset % 100, 0, 'the start of a line');
    t.true(file.offset >= 100);
  });
}

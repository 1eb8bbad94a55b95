import test from 'ava';
import type { DriverLogReader, DriverLogSource, LogItem, LogSource } from '../../src/core/index.js';
import { LogChooser } from '../../src/run/index.js';
import { testClock } from '../../src/testing/index.js';
import { refFor } from '../helpers/engine.js';
import { itemsOf, readerOf } from '../helpers/log-readers.js';

const line = (source: string, text: string): LogItem => ({ type: 'line', stream: 'stdout', text, source });

/** A driver that says what it is told, and a Livy that always has one more line. */
function chooser() {
  const clock = testClock();
  const driver = { suffices: false, says: [] as string[], asked: 0 };
  let livys = 0;
  const driverSource: DriverLogSource = {
    open(): DriverLogReader {
      const give = async () => {
        driver.asked++;
        return driver.says.splice(0).map((text) => line('container', text));
      };
      const reader = readerOf(give, give);
      return {
        get suffices() {
          return driver.suffices;
        },
        minPauseMs: 1_000,
        read: (...args) => reader.read(...args),
        finish: (...args) => reader.finish(...args),
      };
    },
  };
  const backend: LogSource = { open: () => readerOf(async () => [line('livy', `${++livys}`)]) };
  const source = new LogChooser({ driver: driverSource, backend, clock });
  const reader = source.open(refFor(clock));
  const texts = (items: readonly LogItem[]) =>
    items.map((item) => (item.type === 'line' ? `${item.source} ${item.text}` : item.type));
  return {
    clock,
    driver,
    reader,
    source,
    read: async () => texts(await itemsOf(reader.read(refFor(clock)))),
    finish: async () => texts(await itemsOf(reader.finish(refFor(clock)))),
  };
}

test("until the driver's own log is there, it is what Livy keeps; then no more of that", async (t) => {
  const { driver, read, finish } = chooser();
  t.deepEqual(await read(), ['livy 1']);
  driver.suffices = true;
  driver.says = ['hello'];
  t.deepEqual(await read(), ['container hello']);
  t.deepEqual(await finish(), []);
});

test('while nobody knows yet where the driver is, both are read', async (t) => {
  const { driver, read } = chooser();
  driver.says = ['early'];
  t.deepEqual(await read(), ['container early', 'livy 1']);
});

test('Livy is not asked more often than it can know something new', async (t) => {
  const { clock, reader, read } = chooser();
  t.is(reader.minPauseMs, 1_000, 'the node of the driver is');
  const seen: string[] = [];
  for (let i = 0; i < 10; i++) {
    seen.push(...(await read()));
    await clock.sleep(1_000);
  }
  t.deepEqual(seen, ['livy 1', 'livy 2']);
});

test("a driver whose log could not be read in the end leaves Livy's", async (t) => {
  const { driver, read, finish } = chooser();
  driver.suffices = true;
  await read();
  driver.suffices = false;
  t.deepEqual(await finish(), ['livy 1']);
});

test("executors' logs are not Livy's to give", async (t) => {
  const { clock, source } = chooser();
  const reader = source.open(refFor(clock), { executors: true });
  t.deepEqual(await itemsOf(reader.read(refFor(clock))), []);
});

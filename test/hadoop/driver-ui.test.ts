import test from 'ava';
import { uiHintOf } from '../../src/hadoop/driver-ui.js';

const line = (text: string) => uiHintOf({ type: 'line', stream: 'stderr', source: 'livy', text });

test('Spark says in its log where its UI listens', (t) => {
  t.deepEqual(line("26/11/23 05:56:37 INFO Utils: Successfully started service 'SparkUI' on port 4041."), {
    scheme: 'http',
    port: 4041,
  });
  t.deepEqual(line('SparkUI: Bound SparkUI to 0.0.0.0, and started at https://ip-10-0-3-7:4040'), {
    scheme: 'https',
    port: 4040,
  });
});

test('long lines that a job printed are not searched', (t) => {
  t.is(line('SparkUI '.repeat(120_000)), undefined); // a megabyte: searched, it would take a minute
  t.is(line(`SparkUI${' '.repeat(5_000)}started at http://host:4040`), undefined);
});

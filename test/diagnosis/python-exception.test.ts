import test from 'ava';
import type { Diagnosis, DiagnosisLine, RunStatus } from '../../src/core/index.js';
import { diagnose } from '../../src/diagnosis/index.js';

const status: RunStatus = { raw: 'dead', state: 'failed', source: 'livy', links: {} };
const linesOf = (text: string, source = 'stderr'): DiagnosisLine[] =>
  text.split('\n').map((line) => ({ source, text: line }));
const of = (lines: readonly DiagnosisLine[]): Diagnosis => diagnose({ status, lines });

const simple = `26/11/23 00:36:07 INFO SparkContext: Running Spark version 3.5.6
Traceback (most recent call last):
  File "/srv/jobs/fails.py", line 17, in <module>
    main()
  File "/srv/jobs/fails.py", line 12, in main
    raise ValueError("no such month: 13")
ValueError: no such month: 13
26/11/23 00:36:09 INFO ShutdownHookManager: Shutdown hook called`;

test('an exception is named with the line of the job that raised it', (t) => {
  const { code, title, lines, transient, next } = of(linesOf(simple));
  t.is(code, 'PYTHON_EXCEPTION');
  t.is(title, 'ValueError: no such month: 13 (fails.py:12 in main)');
  t.false(transient);
  t.deepEqual(
    lines.map(({ text }) => text),
    [
      '  File "/srv/jobs/fails.py", line 12, in main',
      '    raise ValueError("no such month: 13")',
      'ValueError: no such month: 13',
    ],
  );
  t.regex(next[0] ?? '', /line 12 of fails\.py/);
});

test('the job’s own line is shown, not the library’s that raised', (t) => {
  const { title } = of(
    linesOf(`Traceback (most recent call last):
  File "/srv/jobs/etl.py", line 8, in <module>
    df = spark.read.parquet(path)
  File "/opt/spark/python/lib/pyspark.zip/pyspark/sql/readwriter.py", line 544, in parquet
    return self._df(self._jreader.parquet(_to_seq(self._spark._sc, paths)))
  File "/opt/spark/python/lib/py4j-0.10.9.7-src.zip/py4j/java_gateway.py", line 1322, in __call__
    return_value = get_return_value(
pyspark.errors.exceptions.captured.AnalysisException: [PATH_NOT_FOUND] Path does not exist: s3://b/x.`),
  );
  t.regex(title, /^AnalysisException: \[PATH_NOT_FOUND\].*\(etl\.py:8\)$/);
});

test('of chained exceptions the last one, which ended the job, is named', (t) => {
  for (const link of [
    'During handling of the above exception, another exception occurred:',
    'The above exception was the direct cause of the following exception:',
  ]) {
    const { title } = of(
      linesOf(`Traceback (most recent call last):
  File "/j.py", line 2, in <module>
    int("x")
ValueError: invalid literal

${link}

Traceback (most recent call last):
  File "/j.py", line 4, in <module>
    raise RuntimeError("bad input")
RuntimeError: bad input`),
    );
    t.is(title, 'RuntimeError: bad input (j.py:4), from ValueError: invalid literal');
  }
});

test('a traceback without source lines is read, too', (t) => {
  const { title, lines } = of(
    linesOf(`Traceback (most recent call last):
  File "/tmp/spark-1/j.py", line 3, in <module>
  File "/tmp/spark-1/j.py", line 2, in f
ZeroDivisionError: division by zero`),
  );
  t.is(title, 'ZeroDivisionError: division by zero (j.py:2 in f)');
  t.is(lines.length, 2);
});

test('an exception without a message, and one with carets below its source', (t) => {
  const { title } = of(
    linesOf(`Traceback (most recent call last):
  File "/j.py", line 3, in <module>
    f(1)(2)
    ~~~~^^^
KeyboardInterrupt`),
  );
  t.is(title, 'KeyboardInterrupt (j.py:3)');
});

test('lines of the JVM and of the other stream in between do not pass for the exception', (t) => {
  const [opening, frame, source, raised] = linesOf(`Traceback (most recent call last):
  File "/j.py", line 3, in <module>
    f()
ValueError: no`);
  const lines = [
    opening!,
    { source: 'stdout', text: 'Result: 7' },
    frame!,
    { source: 'stderr', text: '26/11/23 00:36:09 INFO MemoryStore: MemoryStore cleared' },
    source!,
    { source: 'stdout', text: 'done' },
    raised!,
  ];
  t.is(of(lines).title, 'ValueError: no (j.py:3)');
});

test('a traceback that was cut before its exception proves nothing', (t) => {
  const cut = linesOf(simple.split('\n').slice(0, 5).join('\n'));
  t.is(of(cut).code, 'UNKNOWN');
  t.is(of([]).code, 'UNKNOWN');
});

test('a title is one line that can be shown', (t) => {
  const { title } = of(
    linesOf(`Traceback (most recent call last):\n  File "/j.py", line 3, in f\nValueError: ${'x'.repeat(5_000)}`),
  );
  t.true(title.length < 250);
});

test('a traceback that was caught is not the reason of a JVM that died later', (t) => {
  const { code, lines } = of(linesOf(`${simple}\ngoing on\njava.lang.OutOfMemoryError: Java heap space`));
  t.is(code, 'DRIVER_OOM');
  t.true(lines.some(({ text }) => text.includes('OutOfMemoryError')));
});

import { inspect } from 'node:util';
import test from 'ava';
import { ConfigError } from '../../src/core/index.js';
import { checkBatch, checkCompletion, checkSession, checkSpec, checkStatement } from '../../src/livy/check.js';

type Body = Record<string, unknown>;
const batch = (body: Body) => () => checkBatch({ file: '/a.py', ...body });
const session = (body: Body) => () => checkSession(body);

/** [what is given, the field that the error names, what the message must say] */
type Case = readonly [Body, string, RegExp];

const refused: readonly Case[] = [
  [{ file: undefined }, 'file', /missing/],
  [{ file: '' }, 'file', /empty/],
  [{ file: 7 }, 'file', /must be text, not number/],
  [{ file: 'jobs/x.py' }, 'file', /not absolute.*s3:\/\/bucket\/jobs\/x\.py/],
  [{ file: './x.py' }, 'file', /s3:\/\/bucket\/x\.py/],
  [{ file: 'C:\\jobs\\x.py' }, 'file', /not absolute/],
  [{ file: 's3://b/my job.py' }, 'file', /" " in it/],
  [{ file: 's3://b/100%.py' }, 'file', /no URI/],
  [{ file: null }, 'file', /not null/],
  [{ jars: 's3://b/a.jar' }, 'jars', /must be a list, not string; put it in \[ \]/],
  [{ jars: ['/a.jar', 'b.jar'] }, 'jars[1]', /not absolute/],
  [{ pyFiles: ['x.zip'] }, 'pyFiles[0]', /not absolute/],
  [{ files: [''] }, 'files[0]', /empty/],
  [{ archives: ['env.tar.gz#environment'] }, 'archives[0]', /not absolute/],
  [{ archives: ['/env.tar.gz#a#b'] }, 'archives[0]', /no URI/],
  [{ args: 'one two' }, 'args', /list/],
  [{ args: ['a', 1] }, 'args[1]', /must be text, not number/],
  [{ driverCores: 'two' }, 'driverCores', /whole number of at least 1, not "two"/],
  [{ driverCores: '2' }, 'driverCores', /write 2 without quotes/],
  [{ driverCores: 0 }, 'driverCores', /at least 1/],
  [{ executorCores: 1.5 }, 'executorCores', /whole number/],
  [{ numExecutors: -1 }, 'numExecutors', /at least 1/],
  [{ numExecutors: 0 }, 'numExecutors', /at least 1/],
  [{ numExecutors: -1, conf: { 'spark.dynamicAllocation.enabled': true } }, 'numExecutors', /at least 0/],
  [{ numExecutors: 2 ** 31 }, 'numExecutors', /whole number/],
  [{ numExecutors: NaN }, 'numExecutors', /whole number/],
  [{ driverMemory: '4' }, 'driverMemory', /did you mean "4m"/],
  [{ driverMemory: 4 }, 'driverMemory', /did you mean "4m"/],
  [{ driverMemory: '4 GB' }, 'driverMemory', /did you mean "4g"/],
  [{ executorMemory: '4GiB' }, 'executorMemory', /did you mean "4g"/],
  [{ executorMemory: '1.5g' }, 'executorMemory', /no fractions/],
  [{ executorMemory: '0g' }, 'executorMemory', /size with a unit/],
  [{ executorMemory: 'lots' }, 'executorMemory', /such as "4g"/],
  [{ name: '12345' }, 'name', /all digits/],
  [{ name: '' }, 'name', /empty/],
  [{ queue: ' ' }, 'queue', /empty/],
  [{ className: 5 }, 'className', /text/],
  [{ conf: { 'spak.foo': '1' } }, 'conf["spak.foo"]', /did you mean "spark\.foo"/],
  [{ conf: { 'executor.memory': '1g' } }, 'conf["executor.memory"]', /did you mean "spark\.executor\.memory"/],
  [
    { conf: { 'Spark.executor.memory': '1g' } },
    'conf["Spark.executor.memory"]',
    /did you mean "spark\.executor\.memory"/,
  ],
  [{ conf: { 'spark.': '1g' } }, 'conf["spark."]', /does not start/],
  [{ conf: { 'spark.a b': '1g' } }, 'conf["spark.a b"]', /white space/],
  [{ conf: { 'spark.a': null } }, 'conf["spark.a"]', /not null/],
  [{ conf: { 'spark.a': ['x'] } }, 'conf["spark.a"]', /not a list/],
  [{ conf: { 'spark.a': Infinity } }, 'conf["spark.a"]', /text, a number or a boolean/],
  [{ conf: [] }, 'conf', /must be an object/],
  [{ colour: 'red' }, 'colour', /not a field of a batch; known are file, className/],
  [{ driver_memory: '4g' }, 'driver_memory', /did you mean "driverMemory"/],
  [{ 'executor-cores': 2 }, 'executor-cores', /did you mean "executorCores"/],
  [{ pyfile: [] }, 'pyfile', /did you mean "pyFiles"/],
  [{ class: 'a.B' }, 'class', /did you mean "className"/],
  [{ numExecutor: 2 }, 'numExecutor', /did you mean "numExecutors"/],
  [{ kind: 'spark' }, 'kind', /not a field of a batch/],
  [{ toString: 1 }, 'toString', /not a field/],
];

for (const [body, field, message] of refused) {
  const shown = inspect(body, { breakLength: Infinity });
  test(`a batch with ${shown} is refused, naming ${field}`, (t) => {
    const error = t.throws(batch(body), { instanceOf: ConfigError, message });
    t.is(error.field, field);
    t.true(error.message.startsWith(field));
  });
}

test('everything that Livy takes passes', (t) => {
  t.notThrows(
    batch({
      file: 's3://bucket/jobs/%C3%BC/etl.py',
      className: 'com.example.Main',
      args: ['', '--x=1', 'ünï 代'],
      jars: ['s3a://b/a.jar', '/opt/b.jar', 'hdfs:///c/*.jar', 'local:/d.jar', 'https://x/y.jar?z=1'],
      pyFiles: [],
      files: ['file:///etc/app.conf#app.conf'],
      archives: ['/env.tar.gz#environment'],
      driverMemory: '4g',
      driverCores: 1,
      executorMemory: '512MB',
      executorCores: 4,
      numExecutors: 100,
      queue: 'root.a',
      name: '2026-11-01 sales',
      proxyUser: 'ann',
      conf: { 'spark.a': 'x', 'spark.b': 0, 'spark.c': false, 'spark.d': '' },
    }),
  );
  t.notThrows(batch({ queue: undefined, jars: undefined }));
});

test('values of conf and args, which may be secrets, are never in a message', (t) => {
  for (const body of [
    { conf: { 'spark.a': { x: 'hunter2' } } },
    { conf: { 'spak.a': 'hunter2' } },
    { args: [{ p: 'hunter2' }] },
  ]) {
    const error = t.throws(batch(body), { instanceOf: ConfigError });
    t.false(error.message.includes('hunter2'));
  }
});

test("a spec's name is a label, so it may be all digits", (t) => {
  t.notThrows(() => checkSpec({ file: '/a.py', name: '20261101' }));
  t.throws(() => checkSpec({ file: '/a.py', name: 7 as never }), { instanceOf: ConfigError });
});

test('what is no object at all is refused', (t) => {
  for (const body of [null, 'x', 7, []]) t.throws(() => checkBatch(body as never), { instanceOf: ConfigError });
});

test('a session has its own fields', (t) => {
  t.notThrows(
    session({ kind: 'sql', heartbeatTimeoutInSecond: 0, ttl: '8h', idleTimeout: '30m', conf: { 'livy.rsc.x': 1 } }),
  );
  t.notThrows(session({ conf: { 'emr-serverless.session.executionRoleArn': 'arn:aws:iam::123456789012:role/etl' } }));
  for (const [body, field] of [
    [{ kind: 'cobol' }, 'kind'],
    [{ ttl: 30 }, 'ttl'],
    [{ idleTimeout: '30' }, 'idleTimeout'],
    [{ heartbeatTimeoutInSecond: -1 }, 'heartbeatTimeoutInSecond'],
    [{ file: '/a.py' }, 'file'],
    [{ conf: { 'lvy.x': 1 } }, 'conf["lvy.x"]'],
  ] as const) {
    t.is(t.throws(session(body), { instanceOf: ConfigError }).field, field);
  }
});

test('a statement needs its code, a completion its cursor', (t) => {
  t.notThrows(() => checkStatement({ code: '' }));
  t.throws(() => checkStatement({} as never), { message: /code is missing/ });
  t.throws(() => checkCompletion({ code: 'x' } as never), { message: /cursor is missing/ });
  t.throws(() => checkCompletion({ code: 'x', cursor: -1 }), { message: /cursor must be/ });
});

import test from 'ava';
import { jobOfLock, lockText, parseLock, unlockedIn } from '../../../src/aws/staging/index.js';
import { withPythonPath } from '../../../src/aws/staging/index.js';
import { lockOf, placesOf } from '../../../src/aws/staging/lock-file.js';
import { pythonPathConf, withArchive } from '../../../src/aws/staging/python-path.js';
import { ConfigError } from '../../../src/core/index.js';

const sha256 = 'ab'.repeat(32);
const uri = `s3://b/jobs/${sha256}/etl.py`;
const lock = lockOf(
  { file: uri, args: ['secret'], jars: ['s3://other/a.jar'], conf: { 'spark.x': '1' }, driverMemory: '4g' },
  [{ uri, bytes: 7, sha256 }],
  pythonPathConf,
);

test('a lock holds which files a job has and what is in them, and nothing of how it is run', (t) => {
  t.deepEqual(lock, {
    v: 1,
    kind: 'livywire-lock',
    job: { file: uri, jars: ['s3://other/a.jar'], conf: pythonPathConf },
    objects: [{ uri, bytes: 7, sha256 }],
  });
  t.deepEqual(parseLock(lockText(lock), 'etl.lock.json'), lock);
  t.deepEqual(jobOfLock(lock.job), lock.job);
  t.deepEqual(placesOf(lock), [{ uri, bucket: 'b', key: `jobs/${sha256}/etl.py`, content: { bytes: 7, sha256 } }]);
});

test('settings that name files are files, and stand in the lock', (t) => {
  const jar = `s3://b/jobs/${sha256}/a.jar`;
  const conf = { 'spark.jars': `${jar},s3://other/b.jar`, 'spark.executor.memory': '4g' };
  const made = lockOf(
    { file: uri, conf },
    [
      { uri, bytes: 7, sha256 },
      { uri: jar, bytes: 7, sha256 },
    ],
    pythonPathConf,
  );
  t.deepEqual(made.job.conf, { 'spark.jars': conf['spark.jars'], ...pythonPathConf });
  t.deepEqual(unlockedIn(made), ['s3://other/b.jar']);
});

test('what stood elsewhere when a lock was made is told, for nobody knows its bytes', (t) => {
  t.deepEqual(unlockedIn(lock), ['s3://other/a.jar']);
});

for (const [what, text, words] of [
  ['no JSON', '{', /it is not JSON/],
  ['a lock of a later version', JSON.stringify({ ...lock, v: 2 }), /v: 2, and a newer livywire wrote it/],
  ['another document', '{"v":1,"kind":"submitted"}', /kind/],
  [
    'a checksum that is none',
    JSON.stringify({ ...lock, objects: [{ uri, bytes: 7, sha256: 'x' }] }),
    /objects\.0\.sha256/,
  ],
  ['a word too many', JSON.stringify({ ...lock, job: { ...lock.job, args: ['x'] } }), /args/],
] as const) {
  test(`${what} is refused as a lock`, (t) => {
    const error = t.throws(() => parseLock(text, 'etl.lock.json'), { instanceOf: ConfigError, message: words });
    t.is(error?.field, '--locked');
  });
}

test('a lock of objects that are not in S3 is refused', (t) => {
  const odd = { ...lock, objects: [{ uri: 'http://evil.example/x', bytes: 1, sha256 }] };
  t.throws(() => placesOf(odd), { instanceOf: ConfigError, message: /no s3:\/\/ address/ });
});

test('an archive goes before what the job has on PYTHONPATH, once', (t) => {
  const spec = withArchive(
    { file: 'etl.py', archives: ['a.zip#a'], conf: { 'spark.executorEnv.PYTHONPATH': '/x:/y', 'spark.z': 1 } },
    '/cache/deps.zip',
  );
  t.deepEqual(spec.archives, ['a.zip#a', '/cache/deps.zip#deps']);
  t.deepEqual(spec.conf, {
    'spark.executorEnv.PYTHONPATH': './deps:/x:/y',
    'spark.yarn.appMasterEnv.PYTHONPATH': './deps',
    'spark.z': 1,
  });
  t.deepEqual(withPythonPath(spec.conf ?? {}, pythonPathConf), spec.conf);
});

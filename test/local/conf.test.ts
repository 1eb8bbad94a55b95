import test from 'ava';
import { isLivywireError } from '../../src/core/index.js';
import { livyConf, properties, serverEnv, siteXml } from '../../src/local/conf.js';
import { openModules } from '../../src/local/livy-server.js';

test('Livy listens on the loopback address only, and without recovery unless asked', (t) => {
  const conf = livyConf({ port: 18_998, master: 'local[*]', allow: ['/jobs'] });
  t.is(conf['livy.server.host'], '127.0.0.1');
  t.is(conf['livy.server.port'], '18998');
  t.is(conf['livy.spark.master'], 'local[*]');
  t.is(conf['livy.cache-log.size'], '5000', 'more of a log that is written fast survives until it is read');
  t.is(conf['livy.spark.deploy-mode'], undefined);
  t.is(conf['livy.server.recovery.mode'], undefined);
});

test('an allowed folder does not allow its namesakes', (t) => {
  const conf = livyConf({ port: 1, master: 'local[*]', allow: ['/data', '/jobs/'] });
  t.is(conf['livy.file.local-dir-whitelist'], '/data/,/jobs/');
});

test('a folder that Livy would read as two is refused', (t) => {
  t.throws(() => livyConf({ port: 1, master: 'local[*]', allow: ['/a,b'] }), {
    message: /comma/,
    code: 'CONFIG_INVALID',
  });
});

test("the person's own lines win", (t) => {
  const extra = { 'livy.server.host': '127.0.0.2', 'livy.cache-log.size': '50' };
  const conf = livyConf({ port: 1, master: 'yarn', allow: [], recoveryDir: '/r', yarnPollMs: 5_000, extra });
  t.is(conf['livy.server.host'], '127.0.0.2');
  t.is(conf['livy.cache-log.size'], '50');
  t.is(conf['livy.spark.deploy-mode'], 'cluster');
  t.is(conf['livy.server.recovery.state-store.url'], 'file:///r');
  t.is(conf['livy.server.yarn.poll-interval'], '5000ms');
});

test('a setting cannot smuggle a second line into a file', (t) => {
  t.is(properties({ 'a.b': 'c\\d' }), 'a.b = c\\\\d\n');
  const error = t.throws(() => properties({ 'a.b': 'c\nlivy.server.host = 0.0.0.0' }));
  t.true(isLivywireError(error));
  t.throws(() => properties({ 'a b': 'c' }));
});

test('values in a site file are escaped', (t) => {
  t.true(siteXml({ 'a.b': '<x> & y' }).includes('<value>&lt;x&gt; &amp; y</value>'));
});

test("the person's own Spark and Hadoop do not reach our servers, the rest does", (t) => {
  const env = serverEnv(
    {
      PATH: '/bin',
      SPARK_HOME: '/other',
      HADOOP_CONF_DIR: '/etc/hadoop',
      PYTHONPATH: '/x',
      HTTPS_PROXY: 'p',
      NO: undefined,
    },
    { SPARK_HOME: '/ours' },
  );
  t.deepEqual(env, { PATH: '/bin', HTTPS_PROXY: 'p', SPARK_HOME: '/ours' });
});

test('Java 8 is not given options that it does not know', (t) => {
  t.deepEqual(openModules(8), []);
  t.true(openModules(17).includes('java.base/java.lang=ALL-UNNAMED'));
});

import test from 'ava';
import { chosenPython, packagesOfCluster } from '../../../src/aws/staging/cluster-python.js';
import { clusterStub } from '../../helpers/cluster-stub.js';
import { standInCredentials } from '../../helpers/moto.js';

standInCredentials();

const PYTHON = 'spark.pyspark.python';
const MASTER = 'spark.yarn.appMasterEnv.PYSPARK_PYTHON';
const env = (program: string) => ({ 'spark-env/export': { PYSPARK_PYTHON: program } });

test("the cluster's Python is read where Spark reads it, in Spark's order", (t) => {
  const all = { 'spark-defaults': { [PYTHON]: 'python3.12', [MASTER]: 'python3.10' }, ...env('/usr/bin/python3.11') };
  t.is(chosenPython({ configurations: all })?.version, '3.12');
  t.is(chosenPython({ configurations: all }, { [PYTHON]: 'python3.13' })?.from, `the job's ${PYTHON}`);
  t.is(
    chosenPython({ configurations: { 'spark-defaults': { [MASTER]: 'python3.10' }, ...env('python3.11') } })?.version,
    '3.10',
  );
  t.deepEqual(chosenPython({ configurations: env('"/usr/bin/python3.11"') }), {
    program: '/usr/bin/python3.11',
    version: '3.11',
    from: "PYSPARK_PYTHON in the cluster's spark-env",
  });
});

for (const [program, version] of [
  ['/opt/python/3.12.4/bin/python', '3.12'],
  ['/opt/python3.9/envs/python-3.11/bin/python3', '3.11'],
  ['./environment/bin/python', undefined],
  ['/opt/venv/bin/python3', undefined],
] as const) {
  test(`the version of ${program} is ${version ?? 'not known, and not guessed'}`, (t) => {
    const python = chosenPython({ configurations: env(program) });
    t.is(python?.program, program);
    t.is(python?.version, version);
  });
}

test('where nobody chose one, or the plain python3, it is the one of the release', (t) => {
  t.is(chosenPython({ configurations: {} }), undefined);
  for (const plain of ['python3', '/usr/bin/python3', 'python', ''])
    t.is(chosenPython({ configurations: env(plain) }), undefined);
});

test("an export of another service's environment is none of PySpark's", async (t) => {
  const exporting = (of: string, program: string) => ({
    Classification: of,
    Configurations: [{ Classification: 'export', Properties: { PYSPARK_PYTHON: program } }],
  });
  const stub = await clusterStub(t, {
    DescribeCluster: () => ({
      Cluster: {
        Id: 'j-1ABC',
        ReleaseLabel: 'emr-7.9.0',
        Configurations: [exporting('spark-env', 'python3.11'), exporting('hadoop-env', 'python3.8')],
      },
    }),
  });
  const found = await packagesOfCluster('j-1ABC', { clients: stub.clients, field: '--cluster' });
  t.is(found.release, 'emr-7.9.0');
  t.is(found.python?.version, '3.11');
});

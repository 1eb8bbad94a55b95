import { findThrown, type Rule } from '../rule.js';

/** Python objects travel only between equal minor versions. */
export const pythonVersionMismatch: Rule = {
  code: 'PYTHON_VERSION_MISMATCH',
  about: 'The executors run another minor version of Python than the driver.',
  transient: false,
  next: [
    'Name the same Python for both: --conf spark.pyspark.python=/usr/bin/python3.11 (in YARN also spark.yarn.appMasterEnv.PYSPARK_PYTHON and spark.executorEnv.PYSPARK_PYTHON)',
    'Or send one along for all: --archives env.tar.gz#env, with ./env/bin/python as that Python',
  ],
  match: (view) =>
    findThrown(view, [
      { says: /(?:Python in worker has different version|PYTHON_VERSION_MISMATCH).{0,300}/, title: (_, words) => words?.[0] ?? '' }, // prettier-ignore
    ]),
};

import { findThrown, type Rule } from '../rule.js';

/** The interpreter itself is missing. */
export const pythonNotFound: Rule = {
  code: 'PYTHON_NOT_FOUND',
  about: 'The Python that is to run the driver or the workers is not on that machine.',
  transient: false,
  next: [
    'Name one that every machine has: --conf spark.pyspark.python=/usr/bin/python3 (in YARN also spark.yarn.appMasterEnv.PYSPARK_PYTHON and spark.executorEnv.PYSPARK_PYTHON)',
    'With --archives env.tar.gz#env its path is ./env/bin/python: relative, as the archive is unpacked',
  ],
  match: (view) =>
    findThrown(view, [{ type: /IOException$/, says: /^Cannot run program "[^"]{0,200}python[^"]{0,100}"/ }]),
};

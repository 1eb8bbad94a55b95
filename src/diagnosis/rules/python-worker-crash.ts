import { findThrown, type Rule } from '../rule.js';

/** A Python worker is gone without an exception. */
export const pythonWorkerCrash: Rule = {
  code: 'PYTHON_WORKER_CRASH',
  about: 'A Python worker process died without a Python exception: a crash in native code, or its memory.',
  transient: false,
  next: [
    'See where it died: --conf spark.python.worker.faulthandler.enabled=true (spark.sql.execution.pyspark.udf.faulthandler.enabled for UDFs)',
    'If it is memory: --conf spark.executor.memoryOverhead=2g, or spark.executor.pyspark.memory',
    'If it is a native library (pandas, pyarrow, numpy): the versions that this Spark is tested with',
  ],
  match: (view) =>
    findThrown(view, [
      { says: /Python worker exited unexpectedly \(crashed\).{0,120}/ },
      { says: /Python worker failed to connect back|Python process exited unexpectedly/ },
      { says: /^Python worker (?:process )?(?:terminated|died)/ },
    ]),
};

import type { Verdict } from './verdict.js';

/** Variables that describe this machine's Spark and would only do harm elsewhere. */
const ofThisMachine =
  /^(?:SPARK_HOME|SPARK_CONF_DIR|SPARK_LOG_DIR|SPARK_PID_DIR|SPARK_ENV_LOADED|SPARK_SCALA_VERSION|SPARK_LOCAL_IP|SPARK_LOCAL_DIRS|SPARK_LOCAL_HOSTNAME|SPARK_PUBLIC_DNS|SPARK_MASTER.*|SPARK_WORKER.*|SPARK_DAEMON.*|SPARK_HISTORY_OPTS|SPARK_LAUNCHER_OPTS|SPARK_SUBMIT_OPTS|SPARK_PRINT_LAUNCH_COMMAND|PYSPARK_GATEWAY.*|PYSPARK_SUBMIT_ARGS)$/;

/** Variables that a setting of the job says as well. */
const sameAsConf: Readonly<Record<string, readonly string[]>> = {
  PYSPARK_PYTHON: ['spark.pyspark.python'],
  PYSPARK_DRIVER_PYTHON: ['spark.pyspark.driver.python', 'spark.pyspark.python'],
};

/** Exported variables that spark-submit would have seen and the driver in the cluster will not. */
export function environmentVerdicts(
  env: Readonly<Record<string, string | undefined>>,
  conf: Readonly<Record<string, unknown>>,
): Verdict[] {
  return Object.keys(env)
    .filter((name) => /^(?:PYSPARK|SPARK)_/.test(name) && (env[name] ?? '') !== '')
    .sort()
    .flatMap((name): Verdict[] => {
      const setting = `spark.yarn.appMasterEnv.${name}`;
      if (setting in conf || sameAsConf[name]?.some((key) => key in conf)) return [];
      if (ofThisMachine.test(name)) {
        return [{ item: name, verdict: 'ignored', detail: 'describes this machine and stays here' }];
      }
      return [
        {
          item: name,
          verdict: 'ignored',
          detail: `is exported here but does not travel; --conf ${setting}="$${name}" would send it to the driver`,
          warn: true,
        },
      ];
    });
}

import { type Scenario } from './scenario.js';

/** Successes on YARN that had something to get over. */
export const noisyCluster: readonly Scenario[] = [
  {
    name: 'ok-yarn-second-attempt',
    code: null,
    how: 'the first attempt of the driver fails, the second succeeds',
    run: ['again.py', '{work}/out/mark'],
    mode: 'yarn-cluster',
    conf: { 'spark.yarn.maxAppAttempts': '2' },
  },
  {
    name: 'ok-yarn-preempted',
    code: null,
    how: 'executors are preempted, the job goes on with what is left',
    run: ['preempt.py', 'shuffles'],
    mode: 'yarn-cluster',
    conf: { 'spark.yarn.queue': 'adhoc', 'spark.executor.instances': '6' },
    rival: { conf: { 'spark.yarn.queue': 'prod', 'spark.executor.instances': '3' }, containers: 7 },
    timeoutS: 600,
  },
  {
    name: 'ok-yarn-lost-executor',
    code: null,
    how: 'an executor is killed once, its task runs again',
    run: ['noisy_spark.py', 'lost_executor'],
    mode: 'yarn-cluster',
  },
  {
    name: 'ok-yarn-words',
    code: null,
    how: 'data full of error messages, YARN cluster mode',
    run: ['noisy_words.py', 'log_lines'],
    mode: 'yarn-cluster',
    spark: '3.4',
  },
];

import { data } from './data.js';
import { ends } from './ends.js';
import { executors } from './executors.js';
import { noisy } from './noisy.js';
import { noisyCluster } from './noisy-cluster.js';
import { python } from './python.js';
import { type Scenario } from './scenario.js';
import { submit } from './submit.js';
import { yarn } from './yarn.js';

export const scenarios: readonly Scenario[] = [
  ...data,
  ...python,
  ...executors,
  ...ends,
  ...submit,
  ...yarn,
  ...noisy,
  ...noisyCluster,
];

import type { Verdict } from './verdict.js';

type Judgement = Pick<Verdict, 'verdict' | 'detail'>;

const CLIENT =
  'client mode runs the driver on this machine, with its files and its network; Livy runs it in the cluster';

/** `--master`, and `spark.master`. */
export function readMaster(master: string, allowClusterMode: boolean): Judgement {
  if (master === 'yarn' || master === 'yarn-cluster') return { verdict: 'accepted', detail: 'what Livy uses anyway' };
  if (master === 'yarn-client') return client(allowClusterMode);
  if (allowClusterMode) {
    return { verdict: 'ignored', detail: "Livy's server decides where jobs run (--allow-cluster-mode was given)" };
  }
  return {
    verdict: 'refused',
    detail:
      "Livy's server decides where jobs run, and no request can change it; leave it out, or add --allow-cluster-mode to run there all the same",
  };
}

/** `--deploy-mode`, and `spark.submit.deployMode`. */
export function readDeployMode(mode: string, allowClusterMode: boolean): Judgement {
  if (mode === 'cluster') return { verdict: 'accepted', detail: 'what Livy uses anyway' };
  if (mode === 'client') return client(allowClusterMode);
  return { verdict: 'refused', detail: 'is neither cluster nor client' };
}

const client = (allowClusterMode: boolean): Judgement =>
  allowClusterMode
    ? { verdict: 'ignored', detail: 'runs in the cluster, as --allow-cluster-mode says' }
    : {
        verdict: 'refused',
        detail: `${CLIENT}; use --deploy-mode cluster, or add --allow-cluster-mode to run it there all the same`,
      };

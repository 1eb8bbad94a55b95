import { type JobSpec, systemClock } from '../../core/index.js';
import type { AwsClients } from '../clients.js';
import type { EmrCluster } from '../emr/cluster.js';
import { EmrApi } from '../emr/emr-api.js';
import { findCluster } from '../emr/find-cluster.js';
import { parseSelector } from '../emr/selector.js';

/** Which Python PySpark was told to use. */
export interface ChosenPython {
  /** As it was written: `/usr/bin/python3.11`. */
  readonly program: string;
  /** `3.11`; absent where its name does not say. */
  readonly version?: string;
  /** Who said so: `the job's spark.pyspark.python`. */
  readonly from: string;
}

/** What decides which wheels fit a cluster. */
export interface ClusterPackages {
  /** `emr-7.9.0` */
  readonly release: string;
  /** Absent where nobody chose one: then it is the release's. */
  readonly python?: ChosenPython;
}

/** What there is to know of a cluster of EMR, in whatever state it is: wheels may be got while it starts. @throws ConfigError */
export async function packagesOfCluster(
  word: string,
  {
    clients,
    field,
    conf,
    signal,
  }: {
    readonly clients: AwsClients;
    readonly field: string;
    /** The job's own settings, which come before the cluster's. */
    readonly conf?: JobSpec['conf'];
    readonly signal?: AbortSignal;
  },
): Promise<ClusterPackages> {
  const api = new EmrApi({ clients, profile: undefined });
  const cluster = await findCluster(parseSelector(word, field), { api, clock: systemClock, field, signal });
  const python = chosenPython(cluster, conf);
  return { release: cluster.release, ...(python && { python }) };
}

/** The order is Spark's: its own setting, then the driver's environment, then that of who submits. */
export function chosenPython(
  { configurations }: Pick<EmrCluster, 'configurations'>,
  conf: JobSpec['conf'] = {},
): ChosenPython | undefined {
  for (const name of ['spark.pyspark.python', 'spark.yarn.appMasterEnv.PYSPARK_PYTHON']) {
    const own = conf[name];
    if (own !== undefined) return chosen(String(own), `the job's ${name}`);
    const usual = configurations['spark-defaults']?.[name];
    if (usual !== undefined) return chosen(usual, `the cluster's ${name}`);
  }
  const exported = configurations['spark-env/export']?.PYSPARK_PYTHON;
  return exported === undefined ? undefined : chosen(exported, "PYSPARK_PYTHON in the cluster's spark-env");
}

/** `/usr/bin/python3.11`, `/opt/python/3.11.4/bin/python`. A bare `python3` is whatever the release has. */
function chosen(program: string, from: string): ChosenPython | undefined {
  const path = program.trim().replace(/^(["'])(.*)\1$/, '$2');
  if (path === '' || /^(?:\/usr\/bin\/)?python3?$/.test(path)) return undefined;
  const versions = path.split('/').map((part) => /^(?:python-?)?(3\.\d{1,2})(?:\.\d+)?$/.exec(part)?.[1]);
  const version = versions.findLast((one) => one !== undefined);
  return { program: path, from, ...(version !== undefined && { version }) };
}

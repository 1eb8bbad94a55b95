import { ConfigError } from '../core/index.js';
import { planAws, prepareAws } from './aws-servers.js';
import { type Layout, planLivy } from './livy-server.js';
import type { InstanceOptions } from './model.js';
import { planMoreLivys } from './more-livys.js';
import { freePorts, isFree } from './ports.js';
import type { ServerRecord } from './record.js';
import type { Software } from './software.js';
import { planYarn } from './yarn-servers.js';

/** AWS needs a YARN behind it: an EMR cluster is one. */
export const hasYarn = (options: InstanceOptions): boolean => options.yarn === true || options.aws === true;

export interface Plan {
  readonly name: string;
  readonly layout: Layout;
  readonly software: Software;
  readonly options: InstanceOptions;
  readonly cwd: string;
}

/** The servers of an instance, what stands behind before what stands in front; their configuration is on disk when it returns. */
export async function planServers(plan: Plan): Promise<ServerRecord[]> {
  const { options } = plan;
  if (options.port !== undefined && !(await isFree(options.port))) {
    throw new ConfigError(`Port ${options.port} of 127.0.0.1 is taken`, { field: 'port' });
  }
  const [free = 0] = options.port === undefined ? await freePorts(1) : [];
  const port = options.port ?? free;
  if (!hasYarn(options)) return [await planLivy({ ...plan, port })];
  const aws = options.aws === true ? await prepareAws() : undefined;
  const yarn = await planYarn({ ...plan, ...(aws && { coreSite: aws.coreSite, yarnSite: aws.yarnSite }) });
  const livy = await planLivy({ ...plan, port, yarn });
  if (aws === undefined) return [...yarn.servers, livy];
  const more = await planMoreLivys(livy, plan.layout, options.primaries ?? 1);
  return [...yarn.servers, ...(await planAws(aws, plan, yarn, livy)), livy, ...more];
}

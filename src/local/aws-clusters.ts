import * as z from 'zod';
import { CallRefused } from './aws-answer.js';
import type { Moto } from './aws-moto.js';

/** What is said of a cluster instead of what moto says. */
export const overlaySchema = z.strictObject({
  /** `STARTING`, `WAITING`, `TERMINATED` … */
  state: z.string().optional(),
  reason: z.strictObject({ code: z.string(), message: z.string() }).optional(),
  /** The primaries' addresses: three of them on a cluster with high availability. @defaultValue `127.0.0.1` */
  primaries: z.array(z.string()).nonempty().optional(),
  stepConcurrency: z.int().min(1).max(256).optional(),
  /** How many steps may be pending or running. @defaultValue `256` */
  stepLimit: z.int().positive().optional(),
});
export type Overlay = z.infer<typeof overlaySchema>;

const moto = z.looseObject({
  Id: z.string(),
  Name: z.string(),
  Status: z.looseObject({ State: z.string(), Timeline: z.record(z.string(), z.unknown()).optional() }),
  LogUri: z.string().optional(),
  Ec2InstanceAttributes: z.looseObject({}).optional(),
});
export type Cluster = z.infer<typeof moto>;

const over = new Set(['TERMINATED', 'TERMINATED_WITH_ERRORS']);
const leaving = new Set([...over, 'TERMINATING']);

/** The clusters: moto keeps them, and this machine is the one node of each. */
export class Clusters {
  readonly #moto: Moto;
  readonly #overlays = new Map<string, Overlay>();
  readonly #versions: Readonly<Record<string, string>>;

  /** @param versions of the applications, which moto forgets */
  constructor(moto: Moto, versions: Readonly<Record<string, string>> = {}) {
    this.#moto = moto;
    this.#versions = versions;
  }

  overlay(id: string): Overlay {
    return this.#overlays.get(id) ?? {};
  }

  lay(id: string, overlay: Overlay): void {
    this.#overlays.set(id, { ...this.overlay(id), ...overlay });
  }

  /** @throws CallRefused for a cluster that does not take steps or changes any more */
  async open(id: string): Promise<Cluster> {
    const cluster = await this.describe(id);
    if (!leaving.has(cluster.Status.State)) return cluster;
    throw new CallRefused(
      'ValidationException',
      'A job flow that is shutting down, terminated, or finished may not be modified.',
    );
  }

  /** @throws CallRefused when there is none */
  async describe(id: string): Promise<Cluster> {
    const answer = await this.#moto.emr('DescribeCluster', { ClusterId: id }).catch((error: unknown) => {
      if (!(error instanceof CallRefused)) throw error;
      throw new CallRefused('InvalidRequestException', `Cluster id '${id}' is not valid.`);
    });
    const found = moto.parse(answer.Cluster);
    const [primary = '127.0.0.1'] = this.overlay(id).primaries ?? [];
    const { LogUri: logs, Applications: applications } = found;
    return {
      ...this.#withState(found),
      MasterPublicDnsName: primary,
      // So does EMR give it back, however it was said.
      ...(logs !== undefined && { LogUri: logs.replace(/^s3:/, 's3n:') }),
      Applications: z
        .array(z.looseObject({ Name: z.string() }))
        .catch([])
        .parse(applications)
        .map((one) => ({ ...one, Version: this.#versions[one.Name] })),
      ...(this.overlay(id).stepConcurrency !== undefined && { StepConcurrencyLevel: this.overlay(id).stepConcurrency }),
    };
  }

  /** `ListClusters`, newest first. */
  async list(input: Readonly<Record<string, unknown>>): Promise<Cluster[]> {
    const { ClusterStates: states, Marker: _, ...rest } = input;
    const found: Cluster[] = [];
    for (let marker: unknown; ;) {
      const page = await this.#moto.emr('ListClusters', { ...rest, ...(marker !== undefined && { Marker: marker }) });
      found.push(...z.array(moto).parse(page.Clusters));
      marker = page.Marker;
      if (typeof marker !== 'string') break;
    }
    const wanted = z.array(z.string()).catch([]).parse(states);
    return found
      .map((one) => this.#withState(one))
      .filter(({ Status }) => wanted.length === 0 || wanted.includes(Status.State));
  }

  /** `ListInstances`: the primaries, and this machine once more as the core node. */
  async instances(input: Readonly<Record<string, unknown>>): Promise<unknown[]> {
    const id = String(input.ClusterId);
    const cluster = await this.describe(id);
    const types = z.array(z.string()).catch([]).parse(input.InstanceGroupTypes);
    const type = types[0] ?? input.InstanceFleetType;
    const isWanted = (role: string): boolean => type === undefined || type === role || types.includes(role);
    const state = over.has(cluster.Status.State) ? 'TERMINATED' : 'RUNNING';
    const states = z.array(z.string()).catch([]).parse(input.InstanceStates);
    if (states.length > 0 && !states.includes(state)) return [];
    const primaries = this.overlay(id).primaries ?? ['127.0.0.1'];
    return [
      ...(isWanted('MASTER') ? primaries.map((address, index) => instance(id, 'MASTER', index, address, state)) : []),
      ...(isWanted('CORE') ? [instance(id, 'CORE', 0, '127.0.0.1', state)] : []),
    ];
  }

  #withState(cluster: Cluster): Cluster {
    const { state, reason } = this.overlay(cluster.Id);
    if (state === undefined) return cluster;
    return {
      ...cluster,
      Status: {
        ...cluster.Status,
        State: state,
        StateChangeReason: reason ? { Code: reason.code, Message: reason.message } : {},
        ...(over.has(state) && { Timeline: { EndDateTime: Date.now() / 1_000, ...cluster.Status.Timeline } }),
      },
    };
  }
}

/** The id of an instance as EC2 has it: the same for the same node. */
export const instanceId = (cluster: string, role: string, index: number): string =>
  `i-${Buffer.from(`${cluster}${role}${index}`).toString('hex').slice(4, 21)}`;

const instance = (cluster: string, role: string, index: number, address: string, state: string): unknown => ({
  Id: `ci-${instanceId(cluster, role, index).slice(2, 15).toUpperCase()}`,
  Ec2InstanceId: instanceId(cluster, role, index),
  PublicDnsName: '',
  PrivateDnsName: address,
  PrivateIpAddress: address,
  Status: { State: state, StateChangeReason: {}, Timeline: {} },
  InstanceGroupId: `ig-${role}`,
  Market: 'ON_DEMAND',
  InstanceType: 'm5.xlarge',
  EbsVolumes: [],
});

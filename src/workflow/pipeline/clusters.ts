import type { ClusterScope, Step } from './model.js';
import { meant, type Problems } from './problems.js';
import { referencesIn } from './references.js';
import { textsIn } from './read-references.js';

/** The step that a field `cluster` names, or a reference in it. */
const clusterOf = (step: Step, creators: ReadonlySet<string>): readonly string[] => {
  const { cluster } = step.fields;
  const direct = typeof cluster === 'string' && creators.has(cluster) && takesCluster(step) ? [cluster] : [];
  const referred = [...textsIn([step.fields, step.with, step.foreach], [])].flatMap(([text]) =>
    referencesIn(text).flatMap((found) => (typeof found === 'string' || found.step === undefined ? [] : [found.step])),
  );
  return [...new Set([...direct, ...referred.filter((name) => creators.has(name))])];
};

/** Of other kinds a field `cluster` names something else: one of ECS, one of Redshift. */
const takesCluster = ({ kind }: Step): boolean => kind === 'emr-step' || kind === 'terminate-cluster';

/** Finds who uses which cluster, and adds what follows from it: who uses it needs it, and is needed by who terminates it. */
export function readClusters(
  steps: ReadonlyMap<string, Step>,
  problems: Problems,
): { readonly steps: ReadonlyMap<string, Step>; readonly clusters: readonly ClusterScope[] } {
  const ofKind = (kind: Step['kind']) => [...steps.values()].filter((step) => step.kind === kind);
  const creators = new Set(ofKind('create-cluster').map(({ name }) => name));
  for (const step of steps.values()) if (takesCluster(step)) checkCluster(step, creators, problems);

  const usedBy = new Map([...steps.values()].map((step) => [step.name, clusterOf(step, creators)]));
  const terminators = new Map<string, string>();
  for (const { name } of ofKind('terminate-cluster')) {
    const [of] = usedBy.get(name) ?? [];
    if (of === undefined) continue;
    const other = terminators.get(of);
    if (other !== undefined)
      problems.add(['steps', name, 'cluster'], `is terminated by ${other} already: a cluster is terminated once`);
    terminators.set(of, other ?? name);
  }
  const isTerminator = new Set(terminators.values());
  const users = (cluster: string): string[] =>
    [...usedBy].filter(([name, used]) => used.includes(cluster) && !isTerminator.has(name)).map(([name]) => name);

  const more = new Map<string, Set<string>>([...usedBy].map(([name, used]) => [name, new Set(used)]));
  for (const [cluster, name] of terminators) for (const user of users(cluster)) more.get(name)?.add(user);
  const extended = new Map(
    [...steps].map(([name, step]) => [name, { ...step, needs: new Set([...step.needs, ...(more.get(name) ?? [])]) }]),
  );
  const scoped = [...creators].filter((name) => steps.get(name)?.fields.keep !== true || terminators.has(name));
  return {
    steps: extended,
    clusters: scoped.map((create) => {
      const terminate = terminators.get(create);
      return { create, users: users(create), ...(terminate !== undefined && { terminate }) };
    }),
  };
}

function checkCluster({ name, fields }: Step, creators: ReadonlySet<string>, problems: Problems): void {
  const cluster = String(fields.cluster);
  if (creators.has(cluster) || /^j-[A-Z0-9]+$/.test(cluster) || cluster.includes('${')) return;
  problems.add(
    ['steps', name, 'cluster'],
    `${JSON.stringify(cluster)} is neither an id (j-…) nor a create-cluster step; ${meant(cluster, [...creators])}`,
  );
}

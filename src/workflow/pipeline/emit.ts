import type { Template } from '../asl.js';
import type { Plan } from './plan.js';
import { stepsOf } from './plan.js';
import { clearingUp, terminating, untilReady } from './ready-cluster.js';
import { dataName } from './references.js';
import { type Block, block, type Branch, branchOf } from './states.js';
import { type Keep, resultPath } from './step-state.js';

/** Makes the state of a step. */
export type MakeStep = (name: string, keep: Keep) => Block;

/** The states of a plan. */
export function emit(plan: Plan, makeStep: MakeStep): readonly Block[] {
  let stages = 0;
  const blocksOf = (part: Plan): readonly Block[] => {
    switch (part.type) {
      case 'step':
        return [makeStep(part.name, 'in data')];
      case 'series':
        return part.parts.flatMap(blocksOf);
      case 'parallel':
        return together(`Together ${++stages}`, part.parts.map(branchFor), part.parts);
      case 'cluster':
        return clusterBlocks(part);
    }
  };
  const branchFor = (part: Plan): Branch =>
    part.type === 'step'
      ? branchOf([makeStep(part.name, 'as data')])
      : branchOf([...blocksOf(part), keepOnly(`Together ${++stages}: results`, stepsOf(part))]);

  const clusterBlocks = ({ create, body, terminate }: Extract<Plan, { type: 'cluster' }>): readonly Block[] => {
    const created = makeStep(create, 'in data');
    const end = terminate === undefined ? terminating(create) : makeStep(terminate, 'in data');
    const name = `${create}: While it lives`;
    const results = body ? stepsOf(body) : [];
    const clearUp = clearingUp(create);
    const living = block(name, (onward) => ({
      Type: 'Parallel',
      Comment: 'Whatever fails in it, the cluster is terminated',
      Branches: [
        branchOf([untilReady(create), ...(body ? blocksOf(body) : []), keepOnly(`${create}: Results`, results)]),
      ],
      ResultSelector: resultsOf([results]),
      ResultPath: '$.joined',
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.trouble', Next: clearUp.start }],
      ...onward,
    }));
    const aside: Block = {
      start: living.start,
      states: (onward) => ({ ...living.states(onward), ...clearUp.states(onward) }),
    };
    return [created, aside, join(`${create}: Keep the results`), end];
  };
  return blocksOf(plan);
}

/** Branches side by side, and their results with those that were there. */
function together(name: string, branches: readonly Branch[], parts: readonly Plan[]): readonly Block[] {
  const groups = parts.map(stepsOf);
  return [
    block(name, (onward) => ({
      Type: 'Parallel',
      Branches: branches,
      ResultSelector: resultsOf(groups),
      ResultPath: '$.joined',
      ...onward,
    })),
    join(`${name}: joined`),
  ];
}

/** Every branch comes out with its results in the form of the data. */
const resultsOf = (groups: readonly (readonly string[])[]): Template =>
  Object.fromEntries(
    groups.flatMap((names, i) => names.map((name) => [`${dataName(name)}.$`, `$[${i}].steps.${dataName(name)}`])),
  );

const keepOnly = (state: string, names: readonly string[]): Block =>
  block(state, (onward) => ({
    Type: 'Pass',
    Parameters: { steps: Object.fromEntries(names.map((name) => [`${dataName(name)}.$`, resultPath(name)])) },
    ...onward,
  }));

const join = (state: string): Block =>
  block(state, (onward) => ({
    Type: 'Pass',
    Parameters: {
      'input.$': '$.input',
      'lists.$': '$.lists',
      'steps.$': 'States.JsonMerge($.steps, $.joined, false)',
    },
    ...onward,
  }));

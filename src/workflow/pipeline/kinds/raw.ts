import { defineKind, group } from './kind.js';

const ours = ['Next', 'End', 'ResultPath', 'Catch'] as const;
const types = ['Task', 'Pass', 'Wait', 'Parallel', 'Map'] as const;

/** Written as `task:` without a kind. */
export const raw = defineKind({
  what: 'Any other state, as the States Language has it; the pipeline says what comes next',
  fields: { task: group },
  permissions: [],
  timeout: false,
  build: ({ task }, { problem }) => {
    for (const field of ours)
      if (field in task)
        problem(`task.${field}`, 'cannot be given: the pipeline says what comes next and where results go');
    if (!(types as readonly unknown[]).includes(task.Type))
      problem('task.Type', `is ${JSON.stringify(task.Type) ?? 'missing'}; it should be one of ${types.join(', ')}`);
    return { type: 'raw', state: task };
  },
});

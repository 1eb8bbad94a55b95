/** A program from the project's own tools as a step: its exit code is the verdict, its output is shown when it fails. */
import { execa, type Options } from 'execa';
import { root } from './project.js';
import { ONE_PASSED, type Step } from './steps.js';

/** Runs a tool of the project, its output in one piece; throws with it when the exit code is not 0. */
export function tool(command: string, args: readonly string[], options: Options = {}) {
  return execa(command, args, {
    cwd: root,
    preferLocal: true,
    all: true,
    stdin: 'ignore',
    env: { FORCE_COLOR: '0' },
    timeout: 600_000,
    ...options,
  });
}

export function commandStep(
  title: string,
  command: string,
  args: readonly string[],
  options: { essential?: boolean } = {},
): Step {
  return {
    title,
    ...options,
    async run() {
      await tool(command, args);
      return ONE_PASSED;
    },
  };
}

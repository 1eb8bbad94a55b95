/** The steps of the one gate. */
import { packageSteps } from '../check-package.js';
import { commandStep } from './command.js';
import type { Step } from './steps.js';
import { suiteStep } from './suite.js';

export function gate(): readonly Step[] {
  return [
    commandStep('types', 'tsc', []),
    commandStep('lint', 'eslint', ['.', '--max-warnings', '0']),
    commandStep('formatting', 'prettier', ['--check', '.']),
    commandStep('unused files, exports and packages', 'knip', ['--treat-config-hints-as-errors']),
    suiteStep('unit tests'),
    ...packageSteps(),
  ];
}

/** The steps of the one gate. */
import { packageSteps } from '../check-package.js';
import { commandStep } from './command.js';
import { inTurn, sideBySide, type Step } from './steps.js';
import { suiteStep } from './suite.js';

export function gate(): readonly Step[] {
  return [
    // What `npm ci` will say on a clean clone.
    commandStep('lock file', 'npm', ['ci', '--dry-run', '--prefer-offline', '--no-audit', '--no-fund']),
    // Each of them works on one core.
    sideBySide(
      commandStep('lint', 'eslint', ['.', '--max-warnings', '0']),
      inTurn(
        commandStep('types', 'tsc', []),
        commandStep('types of the report page, which runs in browsers', 'tsc', ['-p', 'src/report/browser']),
        commandStep('formatting', 'prettier', ['--check', '.']),
        commandStep('unused files, exports and packages', 'knip', ['--no-progress']),
      ),
    ),
    suiteStep('unit tests'),
    ...packageSteps(),
  ];
}

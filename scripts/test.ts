/** `npm test`: the gate, the integration tests against real servers, and these servers under faults. Ends with the sum of all tests. */
import process from 'node:process';
import { gate } from './gate/gate.js';
import { runSteps, sideBySide } from './gate/steps.js';
import { suiteStep } from './gate/suite.js';

// Exits even when a server that a test left behind holds something open.
process.exit(
  await runSteps([
    ...gate(),
    sideBySide(
      suiteStep('integration tests', { config: 'ava.integration.config.js', verbose: true, timeoutMs: 1_500_000 }),
      suiteStep('faults', { config: 'ava.chaos.config.js', verbose: true, timeoutMs: 1_500_000 }),
    ),
  ]),
);

/** `npm test`: the gate, the integration tests against real servers, and these servers under faults. Ends with the sum of all tests. */
import process from 'node:process';
import { gate } from './gate/gate.js';
import { runSteps, sideBySide } from './gate/steps.js';
import { suiteStep } from './gate/suite.js';

// Twice to three times what they take on two idle cores: a limit for what hangs, not for a slow machine.
const LONG_MS = 3_000_000;

const integration = (part: string) =>
  suiteStep(`integration tests, ${part}`, {
    config: 'ava.integration.config.js',
    env: { INTEGRATION_PART: part },
    verbose: true,
    timeoutMs: LONG_MS,
  });

// Exits even when a server that a test left behind holds something open.
process.exit(
  await runSteps([
    ...gate(),
    sideBySide(
      integration('1/2'),
      integration('2/2'),
      suiteStep('faults', { config: 'ava.chaos.config.js', verbose: true, timeoutMs: LONG_MS }),
    ),
  ]),
);

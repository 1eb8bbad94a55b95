/** `npm test`: the gate, then the integration tests against real servers. Ends with the sum of all tests. */
import process from 'node:process';
import { gate } from './gate.js';
import { runSteps } from './steps.js';
import { suiteStep } from './suite.js';

process.exitCode = await runSteps([
  ...gate(),
  suiteStep('integration tests', { config: 'ava.integration.config.js', verbose: true, timeoutMs: 900_000 }),
]);

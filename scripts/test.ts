/** `npm test`: the gate, the integration tests against real servers, and these servers under faults. Ends with the sum of all tests. */
import process from 'node:process';
import { commandStep } from './gate/command.js';
import { gate } from './gate/gate.js';
import { integrationParts } from './gate/integration-parts.js';
import { inTurn, runSteps, sideBySide } from './gate/steps.js';
import { suiteStep } from './gate/suite.js';

// Twice to three times what they take on two idle cores: a limit for what hangs, not for a slow machine.
const LONG_MS = 3_000_000;

const faults = suiteStep('faults', { config: 'ava.chaos.config.js', verbose: true, timeoutMs: LONG_MS });
const FAULTS_SECONDS = 176;

// Three on two cores: a file keeps two thirds to nine tenths of one busy, so two at a time leave some of them idle.
const integration = integrationParts([0, 0, FAULTS_SECONDS]).map((files, i, { length }) =>
  suiteStep(`integration tests, ${i + 1} of ${length}`, {
    config: 'ava.integration.config.js',
    files,
    verbose: true,
    timeoutMs: LONG_MS,
  }),
);

// Whether each row still gives a figure; what it says of speed is another matter.
const benchmarks = commandStep('short form of the benchmarks', 'tsx', ['scripts/bench.ts', '--short']);

// Exits even when a server that a test left behind holds something open.
process.exit(
  await runSteps([
    ...gate(),
    benchmarks,
    sideBySide(...integration.slice(0, -1), inTurn(faults, ...integration.slice(-1))),
  ]),
);

/** The one gate, `npm run check`: all that must hold before a change goes in, without a server. */
import process from 'node:process';
import { gate } from './gate/gate.js';
import { runSteps } from './gate/steps.js';

process.exit(await runSteps(gate()));

/** The one gate, `npm run check`: all that must hold before a change goes in, without a server. */
import process from 'node:process';
import { gate } from './gate.js';
import { runSteps } from './steps.js';

process.exitCode = await runSteps(gate());

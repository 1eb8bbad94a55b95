/** Starts a local instance, says each step on stdout and waits to be killed: `up-and-wait.ts <options as JSON>`. */
import { up, type UpOptions } from '../../src/local/index.js';

const options = JSON.parse(process.argv[2] ?? '{}') as UpOptions;
await up({ ...options, onProgress: ({ step, message }) => console.log(`${step} ${message}`) });
console.log('up');
setInterval(() => undefined, 60_000);

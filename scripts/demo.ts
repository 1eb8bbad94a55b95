/** `npm run demo`: a real Livy and Spark on this machine, one job through them, as a user would type it. */
import { join } from 'node:path';
import process from 'node:process';
import { DemoShell } from './gate/demo-shell.js';
import { root } from './gate/project.js';

process.exitCode = await DemoShell.demo('demo', [], async (shell) => {
  const url = { LIVYWIRE_URL: shell.exported('LIVYWIRE_URL') };
  const out = join(shell.folder, 'counts');
  const words = ['run', '--key', 'demo/wordcount', 'jobs/wordcount.py', join(root, 'LICENSE'), out];
  const code = await shell.step(words, url);
  return code === 0 ? shell.step(['ls'], url) : code;
});

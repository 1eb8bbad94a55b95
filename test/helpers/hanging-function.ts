import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** For Livy to take the request, while the function has not answered yet. */
const TAKEN_MS = 500;

/**
 * Variables with which a function hangs, once, in the midst of its request for a batch: Livy has that, and the function does nothing any
 * more, not even keep to its own deadline. Whoever runs it stops it at its limit.
 */
export async function hangingOnce(folder: string): Promise<Readonly<Record<string, string>>> {
  const [script, mark] = [join(folder, 'hang.mjs'), join(folder, 'hung')];
  await writeFile(
    script,
    `import { subscribe } from 'node:diagnostics_channel';
     import { openSync } from 'node:fs';
     subscribe('http.client.request.start', ({ request }) => {
       if (request.method !== 'POST' || request.path !== '/batches') return;
       try { openSync(${JSON.stringify(mark)}, 'wx'); } catch { return; } // it has hung before
       setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), ${TAKEN_MS});
     });`,
  );
  return { NODE_OPTIONS: `--import=${pathToFileURL(script).href}` };
}

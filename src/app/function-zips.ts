import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../core/index.js';
import { type HandlerName, handlers } from '../workflow/index.js';

/** The code of one function, packed. */
export interface FunctionZip {
  readonly handler: HandlerName;
  /** Below the template's folder; the checksum in it makes other code another object in S3. */
  readonly file: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** Name of the licences that the build writes beside the handlers' folders. */
const LICENCES = 'THIRD-PARTY-LICENSES.txt';

/**
 * The handlers as zips, the same bytes on every machine for the same build.
 * @param bundles the folder with one folder for each handler. @defaultValue `dist/lambda` of the package
 * @throws ConfigError where they are not built
 */
export async function zipFunctions(bundles?: string): Promise<readonly FunctionZip[]> {
  const [{ zipOf }, { packageRoot }] = await Promise.all([import('../aws/index.js'), import('../local/index.js')]);
  const folder = bundles ?? join(packageRoot(), 'dist', 'lambda');
  const licences = await readFile(join(folder, LICENCES)).catch(() => undefined);
  const found: (readonly [HandlerName, readonly string[]])[] = [];
  // One after the other: of several that are missing the first is named, not the one whose folder was looked at soonest.
  for (const handler of handlers) found.push([handler, await filesOf(join(folder, handler))]);
  return Promise.all(
    found.map(async ([handler, files]) => {
      const entries = files.map((name) => ({ name, read: () => readFile(join(folder, handler, name)) }));
      if (licences) entries.push({ name: LICENCES, read: () => Promise.resolve(licences) });
      const pieces: Uint8Array[] = [];
      for await (const piece of zipOf(entries, 0o644)) pieces.push(piece);
      const bytes = Buffer.concat(pieces);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      return { handler, file: `functions/${handler}-${sha256.slice(0, 16)}.zip`, sha256, bytes };
    }),
  );
}

/** @throws ConfigError without the file that Lambda calls */
async function filesOf(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const names = found
    .filter((one) => one.isFile())
    .map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    );
  if (names.includes('index.mjs')) return names.sort();
  throw new ConfigError(
    `There is no function at ${folder}: from sources, npm run build makes them; --bundles names another folder`,
    { field: '--bundles' },
  );
}

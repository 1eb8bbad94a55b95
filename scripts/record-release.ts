/**
 * Records what executions and ledgers of this release hold, into test/fixtures/releases: every later release is tested to go on with it.
 * To be run when a version is published: `npx tsx scripts/record-release.ts`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { recordRelease, releaseFile } from '../test/workflow/deploy/release.js';
import { manifest } from './gate/project.js';

const file = releaseFile(manifest.version);
await mkdir(new URL('.', file), { recursive: true });
await writeFile(file, `${JSON.stringify(await recordRelease(manifest.version), undefined, 1)}\n`);
console.log(`recorded ${file.pathname}`);

import { access, constants } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  acceptS3Output,
  type CallOptions,
  ConfigError,
  isS3Url,
  type OutputMarkers,
  plainLine,
  redactText,
} from '../core/index.js';
import { fileMarkers } from '../run/index.js';
import type { LazyAws } from './aws.js';

/** Outputs where they are: in S3, or on a file system that this machine and the job share. */
export function outputMarkers(aws: LazyAws): OutputMarkers {
  let opened: Promise<Required<OutputMarkers>> | undefined;
  const s3 = () =>
    (opened ??= aws().then(
      ({ room, clients }) => room.s3Markers({ clients: async () => clients }) as Required<OutputMarkers>,
    ));
  return {
    source: (path) => (isS3Url(path) ? 's3' : fileMarkers.source(path)),
    accept: (path) => (isS3Url(path) ? acceptS3Output(path) : fileMarkers.accept(path)),
    markerOf: (path) => (isS3Url(path) ? `${path}/_SUCCESS` : fileMarkers.markerOf(path)),
    read: async (path, options) => (isS3Url(path) ? (await s3()).read(path, options) : fileMarkers.read(path, options)),
    written: async (path, options) => (isS3Url(path) ? (await s3()).written(path, options) : undefined),
  };
}

/** Makes sure that every input is there and may be read. @throws ConfigError, UnreachableError */
export async function checkInputs(paths: readonly string[], aws: LazyAws, options?: CallOptions): Promise<void> {
  for (const path of paths) {
    options?.signal?.throwIfAborted();
    if (isS3Url(path)) {
      const { room, clients } = await aws();
      await room.checkS3Input(path, clients, options);
    } else await checkFile(path);
  }
}

async function checkFile(path: string): Promise<void> {
  const shown = plainLine(redactText(path));
  const refuse = (why: string): never => {
    throw new ConfigError(`the input ${shown} ${why}; nothing was sent`, { field: '--input' });
  };
  let local = path;
  if (/^file:/i.test(path)) {
    try {
      local = fileURLToPath(path);
    } catch {
      refuse('names no file of this machine; write file:///…');
    }
  } else if (/^[a-z][a-z0-9+.-]*:/i.test(path)) {
    refuse('cannot be looked at from here: this version looks at s3://… and at files of this machine');
  }
  try {
    await access(local, constants.R_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    refuse(code === 'ENOENT' || code === 'ENOTDIR' ? 'is not there' : `may not be read by this user (${code})`);
  }
}

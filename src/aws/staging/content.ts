import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { ConfigError } from '../../core/index.js';

/** Where bytes come from: a file, or a zip that was made here. */
export type Source = { readonly path: string } | { readonly bytes: Uint8Array };

export interface Part {
  readonly from: number;
  readonly length: number;
  /** Base64, as S3 writes it. */
  readonly sha256: string;
}

/** What bytes are: all that S3 is asked and told about them. */
export interface Content {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  /** Of those that are too many for one request; empty for all others. */
  readonly parts: readonly Part[];
  /** The checksum that S3 keeps of what came in these parts: over the checksums of the parts. */
  readonly composite?: string;
}

const MIB = 1_024 * 1_024;
/** Up to here one request. Each request's bytes are held in memory, so that it can be repeated, and progress is told by them. */
const PART_BYTES = 8 * MIB;
const MOST_PARTS = 10_000;

/** Whole mebibytes, so that S3's limit of 10,000 parts is kept. */
const partBytesOf = (total: number): number => Math.max(PART_BYTES, Math.ceil(total / MOST_PARTS / MIB) * MIB);

/** Base64 of the whole and hex of the whole are the same 32 bytes. */
export const base64Of = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

function compositeOf(parts: readonly Part[]): string {
  const whole = createHash('sha256');
  for (const { sha256 } of parts) whole.update(Buffer.from(sha256, 'base64'));
  return `${whole.digest('base64')}-${parts.length}`;
}

const bytesOf = (source: Source, totalBytes: number): AsyncIterable<Uint8Array> | readonly Uint8Array[] =>
  'bytes' in source
    ? [source.bytes]
    : createReadStream(source.path, { end: Math.max(0, totalBytes - 1), highWaterMark: MIB });

/** Reads everything once. @throws ConfigError for a file that cannot be read, or changes meanwhile */
export async function describe(source: Source, signal?: AbortSignal): Promise<Content> {
  const bytes = 'bytes' in source ? source.bytes.length : await sizeOf(source.path);
  const partBytes = bytes > PART_BYTES ? partBytesOf(bytes) : Infinity;
  const whole = createHash('sha256');
  const parts: Part[] = [];
  let part = createHash('sha256');
  let [at, inPart] = [0, 0];
  const close = (): void => {
    parts.push({ from: at - inPart, length: inPart, sha256: part.digest('base64') });
    part = createHash('sha256');
    inPart = 0;
  };
  try {
    for await (const piece of bytes === 0 ? [] : bytesOf(source, bytes)) {
      signal?.throwIfAborted();
      whole.update(piece);
      for (let from = 0; from < piece.length;) {
        const some = piece.subarray(from, from + Math.min(piece.length - from, partBytes - inPart));
        part.update(some);
        [from, at, inPart] = [from + some.length, at + some.length, inPart + some.length];
        if (inPart === partBytes) close();
      }
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw unreadable(source, error);
  }
  if (partBytes < Infinity && inPart > 0) close();
  if (at !== bytes) throw changed(source);
  return {
    bytes,
    sha256: whole.digest('hex'),
    parts,
    ...(parts.length > 0 && { composite: compositeOf(parts) }),
  };
}

/** A stretch of it, checked against what was read of it before. @throws ConfigError when it has changed since */
export async function readPart(source: Source, part: Part): Promise<Uint8Array> {
  const { from, length } = part;
  const bytes = 'bytes' in source ? source.bytes.subarray(from, from + length) : await stretch(source.path, part);
  if (createHash('sha256').update(bytes).digest('base64') !== part.sha256) throw changed(source);
  return bytes;
}

/** The whole as one part: what is sent by one request. */
export const wholeOf = ({ bytes, sha256 }: Content): Part => ({ from: 0, length: bytes, sha256: base64Of(sha256) });

async function sizeOf(path: string): Promise<number> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable({ path }, error);
  });
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

async function stretch(path: string, { from, length }: Part): Promise<Uint8Array> {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable({ path }, error);
  });
  try {
    const bytes = Buffer.alloc(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await file.read(bytes, filled, length - filled, from + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await file.close();
  }
}

const nameOf = (source: Source): string => ('path' in source ? source.path : 'a zip made here');
const changed = (source: Source): ConfigError =>
  new ConfigError(`${nameOf(source)} changed while it was being staged; do it again once it is written`, {
    field: 'file',
  });
const unreadable = (source: Source, error: unknown): ConfigError =>
  new ConfigError(`${nameOf(source)} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
    field: 'file',
    cause: error,
  });

import { ConfigError } from '../../core/index.js';

export interface ZipEntry {
  /** With slashes. */
  readonly name: string;
  readonly read: () => Promise<Uint8Array>;
}

/** The format counts files in 16 bits and bytes in 32, and not every reader on a cluster knows its extensions. */
const MOST_ENTRIES = 65_535;
const MOST_BYTES = 0xffff_ffff;

const UNIX = 3;

/**
 * A zip piece by piece, with the entries in the order given. The same entries give the same bytes on every machine:
 * one time and one mode for all, and a deflate in JavaScript, for zlib's output differs between processors and versions.
 * @param mode such as 0o644
 * @throws ConfigError for what does not fit the format
 */
export async function* zipOf(entries: readonly ZipEntry[], mode: number): AsyncGenerator<Uint8Array> {
  if (entries.length > MOST_ENTRIES) {
    throw new ConfigError(`${entries.length} files are more than one zip can hold (${MOST_ENTRIES})`);
  }
  const { Zip, ZipDeflate } = await import('fflate');
  // The format keeps what a clock on the wall shows, wherever that hangs, and knows no earlier year.
  const mtime = new Date(1980, 0, 1, 12);
  let ready: Uint8Array[] = [];
  let bytes = 0;
  const zip = new Zip((error, piece) => {
    if (error) throw error;
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw new ConfigError('The files are more than one zip can hold (4 GiB)');
    ready.push(piece);
  });
  const taken = (): Uint8Array[] => {
    const pieces = ready;
    ready = [];
    return pieces;
  };
  for (const { name, read } of entries) {
    const content = await read();
    const file = new ZipDeflate(name, { level: 6, mem: 8 });
    file.mtime = mtime;
    file.os = UNIX;
    file.attrs = ((0o100_000 | mode) << 16) >>> 0;
    zip.add(file);
    file.push(content, true);
    yield* taken();
  }
  zip.end();
  yield* taken();
}

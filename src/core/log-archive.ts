import type { RunRef } from './model.js';
import type { CallOptions } from './ports.js';

/** A part of a file: the first `size` bytes, or the last where it is negative; of these at most `most`. */
export interface ArchivedPart {
  readonly file: string;
  readonly size: number;
  readonly most: number;
}

/** The log of one container, or of one step, as an archive has it now. */
export interface ArchivedFiles {
  /** When the newest of its files was written, the archive's clock; absent where there is none. */
  readonly writtenMs?: number;
  /** When this was looked at, the archive's clock. @defaultValue it does not tell */
  readonly nowMs?: number;
  /** Where it was looked for, for words. */
  readonly places: string;
  /** `undefined`: no such file. The bytes are the log's own, unpacked. */
  read(
    part: ArchivedPart,
    options: CallOptions,
  ): Promise<
    { readonly length: number; readonly start: number; readonly bytes: Buffer; readonly isOpen: boolean } | undefined
  >;
}

/** Where logs are kept beyond their cluster: EMR copies them to S3, minutes after they were written. */
export interface LogArchive {
  /** Of a container, or of a step by its id. @throws ConfigError, UnreachableError */
  look(id: string, options?: CallOptions): Promise<ArchivedFiles>;
  /** The containers of an application's driver, oldest start first: those that have a log there. */
  drivers(appId: string, options?: CallOptions): Promise<readonly string[]>;
  /** The application that a run's step started, where its log is there and says so. */
  appOf(ref: RunRef, options?: CallOptions): Promise<string | undefined>;
}

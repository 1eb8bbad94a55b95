import type { ArchivedFiles, CallOptions, Clock, LogArchive, RunRef } from '../core/index.js';

/** Logs come about five minutes late: so long is waited, from the first look after the end, in milliseconds. */
const WAIT_MS = 360_000;
/** A file that has not changed for so long was copied whole. */
const QUIET_MS = 360_000;
/** Files that were copied after the end come one after the other: so long after the last one, all of them are there. */
const SETTLE_MS = 20_000;
/** Of a run older than this something would have been copied while it ran. */
const OLD_MS = 1_800_000;
export const ARCHIVE_AGAIN_MS = 10_000;

/** One look into the archive. */
export interface ArchiveLook {
  readonly files: ArchivedFiles;
  /** More may come, and is worth waiting for. */
  readonly goesOn: boolean;
}

/** Knows how long the archive is waited for: the one who follows and the one who looks for a reason wait together. */
export class ArchiveWait {
  readonly archive: LogArchive;
  readonly #clock: Clock;
  readonly #since = new Map<string, number>();

  constructor(archive: LogArchive, clock: Clock) {
    this.archive = archive;
    this.#clock = clock;
  }

  /** @param bornMs when the run was submitted */
  async look(id: string, bornMs: number, options: CallOptions): Promise<ArchiveLook> {
    const since = this.#first(id);
    const files = await this.archive.look(id, options);
    const now = this.#clock.now();
    const { writtenMs } = files;
    const quietMs = writtenMs === undefined ? -Infinity : now - writtenMs;
    const isOfAfterwards = writtenMs !== undefined && writtenMs >= since;
    const isWhole = quietMs >= (isOfAfterwards ? SETTLE_MS : QUIET_MS);
    const isHopeless = writtenMs === undefined && since - bornMs >= OLD_MS;
    return { files, goesOn: !isWhole && !isHopeless && this.#isWorthIt(id) };
  }

  /** The application of a run that only the log of its step can name. */
  async appOf(
    ref: RunRef,
    options: CallOptions,
  ): Promise<{ readonly appId: string | undefined; readonly goesOn: boolean }> {
    const id = ref.id ?? ref.name;
    const isOld = this.#first(id) - Date.parse(ref.createdAt) >= OLD_MS;
    const appId = await this.archive.appOf(ref, options);
    return { appId, goesOn: appId === undefined && !isOld && this.#isWorthIt(id) };
  }

  #first(id: string): number {
    const first = this.#since.get(id) ?? this.#clock.now();
    this.#since.set(id, first);
    return first;
  }

  #isWorthIt(id: string): boolean {
    return this.#clock.now() - this.#first(id) < WAIT_MS;
  }
}

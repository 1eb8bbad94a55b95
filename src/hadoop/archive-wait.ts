import type { ArchivedFiles, CallOptions, Clock, LogArchive, RunRef } from '../core/index.js';

/** Logs come about five minutes late: so long is waited, from the first look after the end, in milliseconds. */
const WAIT_MS = 360_000;
/** What came last for so long is all: of the end where that is known, else of the last change. */
const QUIET_MS = 360_000;
/** Files that were copied after the end come one after the other: so long after the last one, all of them are there. */
const SETTLE_MS = 20_000;
/** Of a run older than this something would have been copied while it ran. */
const OLD_MS = 1_800_000;
export const ARCHIVE_AGAIN_MS = 10_000;

/** When a run began and ended, milliseconds. */
export interface RunTimes {
  /** When it was submitted. */
  readonly bornMs: number;
  /** When it ended, by a server's clock; absent where nobody says. */
  readonly endedMs?: number | undefined;
}

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
  readonly #since = new Map<string, { readonly ours: number; readonly theirs: number }>();

  constructor(archive: LogArchive, clock: Clock) {
    this.archive = archive;
    this.#clock = clock;
  }

  async look(id: string, times: RunTimes, options: CallOptions): Promise<ArchiveLook> {
    const files = await this.archive.look(id, options);
    // The archive's clock, as its times are.
    const now = files.nowMs ?? this.#clock.now();
    const since = this.#first(id, now);
    const isEnough = isAll(files.writtenMs, { ...times, now, since: since.theirs });
    return { files, goesOn: !isEnough && this.#isWorthIt(since.ours) };
  }

  /** The application of a run that only the log of its step can name. */
  async appOf(
    ref: RunRef,
    { bornMs, endedMs }: RunTimes,
    options: CallOptions,
  ): Promise<{ readonly appId: string | undefined; readonly goesOn: boolean }> {
    const since = this.#first(ref.id ?? ref.name, this.#clock.now());
    const isOld = endedMs === undefined ? since.ours - bornMs >= OLD_MS : this.#clock.now() - endedMs >= QUIET_MS;
    const appId = await this.archive.appOf(ref, options);
    return { appId, goesOn: appId === undefined && !isOld && this.#isWorthIt(since.ours) };
  }

  #first(id: string, theirs: number): { readonly ours: number; readonly theirs: number } {
    const first = this.#since.get(id) ?? { ours: this.#clock.now(), theirs };
    this.#since.set(id, first);
    return first;
  }

  #isWorthIt(since: number): boolean {
    return this.#clock.now() - since < WAIT_MS;
  }
}

/**
 * Whether what was written by now is all that will be. EMR copies a log while it is written and once more after its end, and how a
 * run ended stands in the last copy: one from before the end is not all, however long nothing had been written to it by then.
 */
function isAll(
  writtenMs: number | undefined,
  { bornMs, endedMs, now, since }: RunTimes & { readonly now: number; readonly since: number },
): boolean {
  const quietMs = writtenMs === undefined ? -Infinity : now - writtenMs;
  const isOfAfterwards = writtenMs !== undefined && writtenMs >= (endedMs ?? since);
  if (isOfAfterwards) return quietMs >= SETTLE_MS;
  if (endedMs !== undefined) return now - endedMs >= QUIET_MS;
  return writtenMs === undefined ? since - bornMs >= OLD_MS : quietMs >= QUIET_MS;
}

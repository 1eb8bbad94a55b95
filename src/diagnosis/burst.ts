import type { Line } from './line.js';
import type { Throwable } from './throwable.js';

/** What was printed in one go about one failure: an exception with everything below it. */
export interface Burst {
  readonly source: string;
  readonly first: number;
  last: number;
  /** The event whose words these are, where a logger printed it. */
  readonly event?: Line;
  /** The thread it ended, where the JVM says `Exception in thread "…"`. */
  readonly thread?: string;
  /** As they are printed. */
  readonly throwables: Throwable[];
  /** The application master or spark-submit says that the driver ended with it. */
  readonly isTold?: true;
  /** Lines behind it that no logger wrote: the job went on, or its message is longer than it looks. */
  spokenAfter: number;
}

/** Uncaught in the thread that the driver is: with the frames that a JVM prints below. */
export const endsDriver = ({ thread, throwables }: Burst): boolean =>
  (thread === 'main' || thread === 'Driver') && throwables.some(({ frames }) => frames.length > 0);

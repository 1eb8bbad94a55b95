import { BadAnswerError } from '../core/index.js';

/** A part of a log file, as a NodeManager or a log server gave it. */
export interface LogAnswer {
  /** The whole file's length when it was read, in bytes. */
  readonly length: number;
  /** Where `bytes` begin in the file. */
  readonly start: number;
  readonly bytes: Buffer;
  /** The container that writes it was still at work. `undefined` where the answer was cut before it said so. */
  readonly isOpen: boolean | undefined;
  /** Another part of the same log follows: what YARN collected at another time (rolled aggregation), or on another node. */
  readonly hasMore?: true;
}

/** Longer than any header: a few lines with a container's, a host's and a file's name. */
export const MOST_HEADER = 4_096;

const LENGTH = /^LogLength: ?(\d+)$/m;
const LOCAL = /^LogAggregationType: LOCAL$/m;
const AGGREGATED = /^LogAggregationType: AGGREGATED$/m;
const BEGIN = /(?:^|\n)Log ?Contents:\n/;
/** What may stand between the end of one file and the contents of the next: two rows of signs and a header. */
const MOST_BETWEEN = 4_096;

/**
 * Takes the header and the trailer off. Seen on 3.3.4:
 *
 *     Container: container_1795406199772_0002_01_000001 on localhost:23989
 *     LogAggregationType: LOCAL
 *     ====================================================================
 *     LogType:stdout
 *     LogLastModifiedTime:Mon Nov 23 04:02:31 +0000 2026
 *     LogLength:81
 *     LogContents:
 *     …End of LogType:stdout.This log file belongs to a running container (…) and so may not be complete.
 *
 * Hadoop 2 has no second line, and `Log Upload Time:` and `Log Contents:` in other places. What follows the header is the
 * file's own bytes, so nothing that a job prints can be taken for a header.
 * @param size - what was asked for: the first so many bytes, or the last where it is negative
 * @param isCut - the answer goes on behind `all`
 * @returns `undefined` when this is no log: the server's way of saying that it has none
 */
export function readLogAnswer(all: Uint8Array, size: number, isCut: boolean): LogAnswer | undefined {
  const answer = Buffer.from(all.buffer, all.byteOffset, all.byteLength);
  const head = answer.toString('latin1', 0, MOST_HEADER);
  const begin = BEGIN.exec(head);
  const length = LENGTH.exec(head.slice(0, begin?.index ?? 0))?.[1];
  if (begin === null || length === undefined) return undefined;
  const total = Number(length);
  const from = begin.index + begin[0].length;
  const count = Math.min(total, Math.abs(size));
  const bytes = answer.subarray(from, from + count);
  if (bytes.length < count && !isCut) {
    // The file was cut while it was read, or the connection's end was not noticed: these offsets mean nothing.
    throw new BadAnswerError(`The log should have ${count} bytes here, and ${bytes.length} came`, '');
  }
  // Only what follows at once: behind it may stand another part, and in that anything.
  const [trailer = '', next] = answer.toString('latin1', from + count, from + count + MOST_BETWEEN).split(BEGIN, 2);
  const nextLength = LENGTH.exec(trailer)?.[1];
  // A node that has just collected the logs gives its own file and then the copy, until it deletes its own (some 20 ms).
  const isCopied = LOCAL.test(head.slice(0, begin.index)) && AGGREGATED.test(trailer) && Number(nextLength) === total;
  return {
    length: total,
    start: size < 0 ? total - count : 0,
    bytes,
    isOpen: isCut ? undefined : trailer.includes('belongs to a running container'),
    ...(bytes.length === count && next !== undefined && nextLength !== undefined && !isCopied && { hasMore: true }),
  };
}

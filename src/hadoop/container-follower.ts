import { type CallOptions, type Clock, isLivywireError, type LogItem, type LogOpening } from '../core/index.js';
import { ARCHIVE_AGAIN_MS, type ArchiveWait, type RunTimes } from './archive-wait.js';
import { ContainerLog, type ContainerReading } from './container-log.js';
import type { LogPlace } from './log-file.js';
import { problemOf } from './log-places.js';
import { NodeTries } from './node-tries.js';

/** Where containers' logs are. */
export interface ContainerPlaces {
  readonly clock: Clock;
  /** A container's log on its own node. */
  node(address: string, container: string): LogPlace;
  /** A container's log as YARN has collected it. */
  collected(container: string, options: CallOptions): Promise<LogPlace>;
}

/** Waits a little; `false` when it has been long enough. */
export interface CollectWait {
  goOn(signal: AbortSignal | undefined): Promise<boolean>;
}

/** Where a log is kept beyond the cluster. */
export interface FurtherPlace {
  readonly wait: ArchiveWait;
  /** As they are known by now. */
  readonly times: () => RunTimes;
}

type Pieces<T = void> = AsyncGenerator<readonly LogItem[], T>;

/** Longest wait for a container that should be gone to be so, and the pause between two looks, in milliseconds. */
const LEAVE_MS = 10_000;
const AGAIN_MS = 1_000;

/** One container's log from its first line to its last: from its node while that has it, then what YARN has collected. */
export class ContainerFollower {
  readonly container: string;
  readonly #places: ContainerPlaces;
  readonly #node: string | undefined;
  readonly #whose: string;
  readonly #log: ContainerLog;
  readonly #tries: NodeTries;
  readonly #archive: FurtherPlace | undefined;
  #isDone = false;
  #wasIdle = true;
  #isAtWork = false;

  constructor(
    places: ContainerPlaces,
    what: {
      readonly container: string;
      /** The address of its NodeManager, where that is known. */
      readonly node: string | undefined;
      /** For messages: `the driver's`. */
      readonly whose: string;
      readonly driver?: number;
      /** Where it is kept beyond the cluster: the last place that is looked in. */
      readonly archive?: FurtherPlace | undefined;
    },
    opening: LogOpening,
  ) {
    this.#places = places;
    this.container = what.container;
    this.#node = what.node;
    this.#whose = what.whose;
    this.#log = new ContainerLog(what.container, what.driver, opening);
    this.#tries = new NodeTries(places.clock);
    this.#archive = what.archive;
  }

  /** Everything of it was given. */
  get isDone(): boolean {
    return this.#isDone;
  }
  get isReachable(): boolean {
    return this.#tries.isReachable;
  }
  /** Its node has just said so. */
  get isAtWork(): boolean {
    return this.#isAtWork;
  }
  /** The last reading brought nothing. */
  get wasIdle(): boolean {
    return this.#wasIdle;
  }

  /** What its node has by now. `undefined`: it could not be read, or should not be tried again yet. */
  async *fromNode(options: CallOptions): Pieces<ContainerReading | undefined> {
    this.#wasIdle = true;
    this.#isAtWork = false;
    if (this.#node === undefined || !this.#tries.isDue) return undefined;
    try {
      const reading = yield* this.#watched(this.#places.node(this.#node, this.container), false, options);
      this.#isAtWork = reading.isOpen;
      if (this.#tries.succeeded()) yield [notice(`the node of ${this.container} answers again`)];
      return reading;
    } catch (error) {
      const problem = borne(error, options);
      if (this.#tries.failed()) {
        yield [notice(`${this.#whose} log cannot be read from its node: ${problem}; ${LATER}`)];
      }
      return undefined;
    }
  }

  /** It has ended, and its node gave all of it: the rest of a last line without its line feed. */
  close(): readonly LogItem[] {
    this.#isDone = true;
    return this.#log.end();
  }

  /** What is there now, though more may come. */
  soFar(): readonly LogItem[] {
    return this.#isDone ? [] : this.#log.end();
  }

  /**
   * The rest, after the end of the application.
   * @param isExpected - whether it is worth a word that nothing of it can be read
   */
  async *complete(wait: CollectWait, isExpected: boolean, options: CallOptions): Pieces {
    for (let left = LEAVE_MS / AGAIN_MS; left > 0; left--) {
      const reading = yield* this.fromNode(options);
      if (!reading || reading.isMissing) break;
      if (!reading.isOpen) {
        yield this.close();
        return;
      }
      await this.#places.clock.sleep(AGAIN_MS, options.signal);
    }
    for (;;) {
      let problem = 'YARN has not collected it';
      try {
        const place = await this.#places.collected(this.container, options);
        const { found } = yield* this.#watched(place, true, options);
        // Of a stream that was never written to nothing may have been kept.
        if (found > 0) {
          yield this.close();
          return;
        }
      } catch (error) {
        problem = borne(error, options);
      }
      if (await wait.goOn(options.signal)) continue;
      const archived = yield* this.#fromArchive(options);
      if (archived === undefined) return;
      if (archived !== '') problem = this.#node === undefined ? archived : `${problem}, and ${archived}`;
      yield this.#log.end();
      const part = this.#log.isBegun ? 'the rest of ' : '';
      if (isExpected || this.#log.isBegun) yield [notice(`${part}${this.#whose} log cannot be read: ${problem}`)];
      if (!this.#log.isBegun) this.#tries.lost();
      return;
    }
  }

  /** The rest from the last place, waited for. @returns why it is not there; `undefined` where it was */
  async *#fromArchive(options: CallOptions): Pieces<string | undefined> {
    if (!this.#archive) return '';
    const { wait, times } = this.#archive;
    try {
      for (let isFirst = true; ; isFirst = false) {
        const { files, goesOn } = await wait.look(this.container, times(), options);
        if (goesOn) {
          if (isFirst) yield [notice(`${this.#whose} log is waited for, up to 6 min, in ${files.places}`)];
          await this.#places.clock.sleep(ARCHIVE_AGAIN_MS, options.signal);
          continue;
        }
        const { found } = files.writtenMs === undefined ? { found: 0 } : yield* this.#watched(files, true, options);
        if (found === 0) return `there is none in ${files.places}`;
        yield this.close();
        return undefined;
      }
    } catch (error) {
      return borne(error, options);
    }
  }

  async *#watched(place: LogPlace, isCopy: boolean, options: CallOptions): Pieces<ContainerReading> {
    const pieces = this.#log.read(place, isCopy, options);
    for (;;) {
      const { value, done } = await pieces.next();
      if (done) return value;
      this.#wasIdle = false;
      yield value;
    }
  }
}

const LATER = 'it is shown after the end, once YARN has collected it';
export const notice = (text: string): LogItem => ({ type: 'notice', text });

/** What to say of a failure that only makes the log poorer. Anything else is thrown on. */
export function borne(error: unknown, { signal }: CallOptions): string {
  signal?.throwIfAborted();
  if (!isLivywireError(error)) throw error;
  return problemOf(error);
}

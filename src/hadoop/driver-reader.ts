import {
  type CallOptions,
  type Clock,
  type DriverLogReader,
  isLivywireError,
  type LogItem,
  type LogOpening,
  type RunRef,
} from '../core/index.js';
import { ContainerLog, type ContainerReading } from './container-log.js';
import type { DriverApp, DriverStart } from './driver-starts.js';
import type { LogPlace } from './log-file.js';
import { problemOf } from './log-places.js';
import { NodeTries } from './node-tries.js';

type Pieces = AsyncGenerator<readonly LogItem[], void>;

/** Shortest pauses between two questions to the ResourceManager, in milliseconds: while there is nothing to read, and while there is. */
const LOOK_MS = 2_000;
const LOOK_AGAIN_MS = 5_000;
/** Longest wait for YARN to collect a log whose node no longer gives it, and for a container that should be gone to be so. */
const COLLECT_MS = 30_000;
const LEAVE_MS = 10_000;
const AGAIN_MS = 1_000;

/** What a reader needs of the cluster. */
export interface DriverCluster {
  readonly clock: Clock;
  /** `undefined`: the ResourceManager has no record of it. @throws UnreachableError, HttpStatusError, BadAnswerError */
  app(appId: string, options: CallOptions): Promise<DriverApp | undefined>;
  /** A container's log on its own node. */
  node(address: string, container: string): LogPlace;
  /** A container's log as YARN has collected it. */
  collected(container: string, options: CallOptions): Promise<LogPlace>;
  /** Whether somebody waited in vain for the logs of this application, not long ago. */
  isGivenUp(appId: string): boolean;
  giveUp(appId: string): void;
}

/** Follows one application's drivers: the log of each start to its end, then the next one's. */
export class DriverReader implements DriverLogReader {
  readonly minPauseMs = 1_000;
  readonly #source: DriverCluster;
  readonly #opening: LogOpening;
  readonly #logs = new Map<string, { readonly log: ContainerLog; readonly tries: NodeTries; isDone: boolean }>();
  #app: DriverApp | undefined;
  #isDriver = false;
  #lookedAt = -Infinity;
  #saidBlind = '';
  /** The number of the start that is read now. */
  #now: number | undefined;
  /** The number of the start that was read first. */
  #first: number | undefined;
  #wasIdle = true;

  constructor(source: DriverCluster, opening: LogOpening) {
    this.#source = source;
    this.#opening = opening;
  }

  get suffices(): boolean {
    const start = this.#start();
    return this.#isDriver && start !== undefined && this.#partsOf(start).tries.isReachable;
  }

  async *read(ref: RunRef, options: CallOptions = {}): Pieces {
    if (ref.appId === undefined) return;
    const pause = this.#start() && this.#isDriver ? LOOK_AGAIN_MS : LOOK_MS;
    const isDue = this.#source.clock.now() - this.#lookedAt >= pause;
    if (isDue && (this.#wasIdle || !this.#isDriver)) yield* this.#look(ref.appId, options);
    if (this.#app?.driver === 'outside') return;
    this.#wasIdle = true;
    for (let start = this.#start(); start; start = this.#next(start)) {
      const parts = this.#partsOf(start);
      yield* this.#announce(start);
      const reading = yield* this.#fromNode(start, options);
      if (!start.isOver || !this.#next(start)) return;
      // It was over before it was read: that was all, unless its last words are still being written.
      if (reading?.isOpen === true && parts.tries.patience-- > 0) return;
      if (reading && reading.found > 0 && !reading.isOpen) {
        parts.isDone = true;
        yield parts.log.end();
      }
    }
  }

  /** What is left of each start, oldest first: from its node where that still has it, else what YARN has collected. */
  async *finish(ref: RunRef, options: CallOptions = {}): Pieces {
    const { appId } = ref;
    if (appId === undefined) return;
    yield* this.#look(appId, options);
    if (this.#app?.driver === 'outside') return;
    if (this.#app && !this.#app.isOver) {
      yield* this.read(ref, options); // the log as it stands now
      for (const { log, isDone } of this.#logs.values()) if (!isDone) yield log.end();
      return;
    }
    const wait = new Deadline(this.#source, appId, this.#app?.collected);
    for (const start of this.#leftToRead(appId)) {
      yield* this.#announce(start);
      yield* this.#complete(start, wait, options);
    }
  }

  async *#look(appId: string, options: CallOptions): Pieces {
    this.#lookedAt = this.#source.clock.now();
    try {
      const app = await this.#source.app(appId, options);
      this.#saidBlind = '';
      // Between two starts nobody says where the next driver will be; it will be where the first one was.
      this.#isDriver ||= app?.driver === 'container';
      this.#app = app;
    } catch (error) {
      const problem = borne(error, options);
      if (problem !== this.#saidBlind) {
        yield [notice(`YARN cannot be asked where the driver's log is: ${problem}`)];
      }
      this.#saidBlind = problem;
    }
  }

  /** The start that is read now; at first the oldest one, or the newest where only its last lines are wanted. */
  #start(): DriverStart | undefined {
    const starts = this.#app?.starts ?? [];
    if (this.#now === undefined) return this.#opening.tail === undefined ? starts[0] : starts.at(-1);
    return starts.find(({ number }) => number === this.#now);
  }

  #next({ number }: DriverStart): DriverStart | undefined {
    return this.#app?.starts.find((one) => one.number > number);
  }

  #partsOf(start: DriverStart) {
    const known = this.#logs.get(start.container);
    if (known) return known;
    const { tail: _, ...whole } = this.#opening;
    // The last lines are wanted of what was there when we came; a start that comes later is new as a whole.
    const opening = this.#logs.size === 0 ? this.#opening : whole;
    const parts = {
      log: new ContainerLog(start.container, start.number, opening),
      tries: new NodeTries(this.#source.clock),
      isDone: false,
    };
    this.#logs.set(start.container, parts);
    return parts;
  }

  *#announce(start: DriverStart): Generator<readonly LogItem[], void> {
    const isNew = this.#now !== undefined && this.#now < start.number;
    const isFirst = this.#now === undefined && start.number > 1;
    const isEarlier = this.#now !== undefined && start.number < this.#now;
    this.#first ??= start.number;
    this.#now = Math.max(start.number, this.#now ?? 0);
    if (isEarlier) yield [notice(`what start ${start.number} of the driver wrote, ${start.container}`)];
    if (isNew) yield [notice(`YARN started the driver again: start ${start.number}, ${start.container}`)];
    if (isFirst) yield [notice(`the driver was started ${start.number} times; this is the log of the last one`)];
  }

  /** `undefined`: it could not be read, or should not be tried again yet. */
  async *#fromNode(
    { node, container }: DriverStart,
    options: CallOptions,
  ): AsyncGenerator<readonly LogItem[], ContainerReading | undefined> {
    const parts = this.#logs.get(container);
    if (node === undefined || !parts?.tries.isDue) return undefined;
    const { log, tries } = parts;
    try {
      const reading = yield* this.#watched(log, this.#source.node(node, container), false, options);
      if (tries.succeeded()) yield [notice('the node of the driver answers again')];
      return reading;
    } catch (error) {
      const problem = borne(error, options);
      if (tries.failed()) yield [notice(`the driver's log cannot be read from its node: ${problem}; ${LATER}`)];
      return undefined;
    }
  }

  async *#watched(
    log: ContainerLog,
    place: LogPlace,
    isCopy: boolean,
    options: CallOptions,
  ): AsyncGenerator<readonly LogItem[], ContainerReading> {
    const pieces = log.read(place, isCopy, options);
    for (;;) {
      const { value, done } = await pieces.next();
      if (done) return value;
      this.#wasIdle = false;
      yield value;
    }
  }

  /** Where the ResourceManager has no record, the names that its containers usually have are tried. */
  #leftToRead(appId: string): readonly DriverStart[] {
    const starts = this.#app?.starts ?? guessed(appId);
    const isTail = this.#opening.tail !== undefined && this.#first === undefined;
    const wanted = isTail ? starts.slice(-1) : starts.filter(({ number }) => number >= (this.#first ?? 0));
    return wanted.filter(({ container }) => this.#logs.get(container)?.isDone !== true);
  }

  async *#complete(start: DriverStart, wait: Deadline, options: CallOptions): Pieces {
    const parts = this.#partsOf(start);
    const { log } = parts;
    for (let left = LEAVE_MS / AGAIN_MS; left > 0; left--) {
      const reading = yield* this.#fromNode(start, options);
      if (!reading || reading.found === 0 || reading.isMissing) break;
      parts.isDone = !reading.isOpen;
      if (parts.isDone) break;
      await this.#source.clock.sleep(AGAIN_MS, options.signal);
    }
    let problem = '';
    while (!parts.isDone) {
      try {
        const place = await this.#source.collected(start.container, options);
        const { found } = yield* this.#watched(log, place, true, options);
        // Of a stream that was never written to nothing may have been kept.
        parts.isDone = found > 0;
        problem = 'YARN has not collected it';
      } catch (error) {
        problem = borne(error, options);
      }
      if (!parts.isDone && !(await wait.goOn(options.signal))) break;
    }
    yield log.end();
    if (parts.isDone) this.#isDriver ||= this.#app === undefined;
    else if (this.#app || log.isBegun)
      yield [notice(`the ${log.isBegun ? 'rest of the ' : ''}driver's log cannot be read: ${problem}`)];
    if (!parts.isDone && !log.isBegun) parts.tries.lost();
  }
}

const LATER = 'it is shown after the end, once YARN has collected it';
const notice = (text: string): LogItem => ({ type: 'notice', text });

/** What to say of a failure that only makes the log poorer. Anything else is thrown on. */
function borne(error: unknown, { signal }: CallOptions): string {
  signal?.throwIfAborted();
  if (!isLivywireError(error)) throw error;
  return problemOf(error);
}

function guessed(appId: string): DriverStart[] {
  const id = /^application_(\d+_\d+)$/.exec(appId)?.[1];
  if (id === undefined) return [];
  return [1, 2].map((number) => ({
    number,
    container: `container_${id}_0${number}_000001`,
    node: undefined,
    isOver: true,
  }));
}

/** How long it is worth waiting for a log to be collected: of all drivers of an application together. */
class Deadline {
  readonly #source: DriverCluster;
  readonly #appId: string;
  readonly #until: number;

  constructor(source: DriverCluster, appId: string, collected: DriverApp['collected'] = 'yes') {
    this.#source = source;
    this.#appId = appId;
    const isHopeless = collected === 'no' || collected === 'yes' || source.isGivenUp(appId);
    this.#until = source.clock.now() + (isHopeless ? 0 : COLLECT_MS);
  }

  /** Waits a little; `false` when it has been long enough. */
  async goOn(signal: AbortSignal | undefined): Promise<boolean> {
    if (this.#source.clock.now() >= this.#until) {
      this.#source.giveUp(this.#appId);
      return false;
    }
    await this.#source.clock.sleep(AGAIN_MS, signal);
    return true;
  }
}

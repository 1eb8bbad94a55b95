import type { CallOptions, DriverLogReader, LogItem, LogOpening, RunRef } from '../core/index.js';
import type { ArchiveWait } from './archive-wait.js';
import { borne, type CollectWait, ContainerFollower, type ContainerPlaces, notice } from './container-follower.js';
import type { DriverApp, DriverStart } from './driver-starts.js';

/** What a reader needs of the cluster. */
export interface DriverCluster extends ContainerPlaces {
  /** `undefined`: the ResourceManager has no record of it. @throws UnreachableError, HttpStatusError, BadAnswerError */
  app(appId: string, options: CallOptions): Promise<DriverApp | undefined>;
  /** How long to wait for YARN to collect the logs of an application. */
  waitFor(appId: string, app: DriverApp | undefined): CollectWait;
  /** Where logs are kept beyond the cluster. */
  readonly archive?: ArchiveWait | undefined;
}

/** A driver that is done is over in a few seconds, and all of its log is there then. */
const ENDING_TRIES = 10;
const ENDING_PAUSE_MS = 1_000;

type Pieces = AsyncGenerator<readonly LogItem[], void>;

/** Shortest pauses between two questions to the ResourceManager, in milliseconds: while there is nothing to read, and while there is. */
const LOOK_MS = 2_000;
const LOOK_AGAIN_MS = 5_000;
/** How often a container that should be gone may be found at work before the next one is read. */
const PATIENCE = 5;

/** Follows one application's drivers: the log of each start to its end, then the next one's. */
export class DriverReader implements DriverLogReader {
  readonly minPauseMs = 1_000;
  readonly #cluster: DriverCluster;
  readonly #opening: LogOpening;
  readonly #logs = new Map<string, ContainerFollower>();
  /** As the ResourceManager last told of it. */
  #app: DriverApp | undefined;
  #isForgotten = false;
  #isDriver = false;
  #lookedAt = -Infinity;
  #saidBlind = '';
  /** The numbers of the start that was read first, and of the one that is read now. */
  #first: number | undefined;
  #now: number | undefined;
  #patience = PATIENCE;
  #isFound = false;
  readonly #saidEarlier = new Set<number>();

  readonly #bornMs: number;

  constructor(cluster: DriverCluster, opening: LogOpening, createdAt = '') {
    this.#cluster = cluster;
    this.#opening = opening;
    this.#bornMs = Date.parse(createdAt);
  }

  get suffices(): boolean {
    if (this.#isFound) return true;
    const start = this.#start();
    return this.#isDriver && start !== undefined && this.#logOf(start).isReachable;
  }

  async *read(ref: RunRef, options: CallOptions = {}): Pieces {
    if (ref.appId === undefined) return;
    if (this.#isLookDue()) yield* this.#look(ref.appId, options);
    if (this.#app?.driver === 'outside') return;
    for (let start = this.#start(); start; start = this.#next(start)) {
      yield* this.#announce(start);
      const log = this.#logOf(start);
      const reading = yield* log.fromNode(options);
      if (!start.isOver || !this.#next(start)) return;
      // It was over before it was read: that was all, unless its last words are still being written.
      if (reading?.isOpen === true && this.#patience-- > 0) return;
      if (reading && reading.found > 0 && !reading.isOpen) yield log.close();
    }
  }

  /** What is left of each start, oldest first: from its node where that still has it, else what YARN has collected. */
  async *finish(ref: RunRef, options: CallOptions = {}): Pieces {
    const { appId } = ref;
    if (appId === undefined) return;
    yield* this.#look(appId, options);
    for (let tries = 0; this.#app?.isEnding === true && !this.#isForgotten && tries < ENDING_TRIES; tries++) {
      await this.#cluster.clock.sleep(ENDING_PAUSE_MS, options.signal);
      yield* this.#look(appId, options);
    }
    const app = this.#app;
    if (app?.driver === 'outside') return;
    if (app && !app.isOver && !this.#isForgotten) {
      yield* this.read(ref, options); // the log as it stands now
      const isBlind = this.#saidBlind !== '';
      for (const log of this.#logs.values()) if (!isBlind || log.isAtWork) yield log.soFar();
      // With nobody to ask whether it is over, a container that is at work no more is answer enough.
      if (!isBlind || this.#now === undefined) return;
    }
    const wait = this.#cluster.waitFor(appId, app);
    for (const start of this.#leftToRead(app?.starts ?? [])) {
      const log = this.#logOf(start);
      if (log.isAtWork && this.#saidBlind !== '') continue;
      yield* this.#announce(start);
      yield* log.complete(wait, true, options);
    }
    if (this.#isForgotten || !app) yield* this.#finishForgotten(appId, app?.starts ?? [], options);
  }

  /** Starts that the ResourceManager did not tell of before it forgot: the names that their containers would have are tried. */
  async *#finishForgotten(appId: string, known: readonly DriverStart[], options: CallOptions): Pieces {
    const wait = this.#cluster.waitFor(appId, undefined);
    const isTail = this.#opening.tail !== undefined && this.#first === undefined;
    const starts = this.#fromFirst(guessed(appId, known));
    for (const start of isTail ? starts.toReversed() : starts) {
      const log = this.#logOf(start);
      if (log.isDone) continue;
      for await (const piece of log.complete(wait, false, options)) {
        if (piece.length > 0) yield* this.#announce(start);
        yield piece;
      }
      // Nobody can say any more where the driver was; what was found is its log, or that of client mode's master.
      this.#isFound ||= log.isDone;
      if (isTail && log.isDone) return;
    }
  }

  /** While lines flow from where the driver is known to be, the ResourceManager has nothing to add. */
  #isLookDue(): boolean {
    const start = this.#start();
    const isFlowing = this.#isDriver && start !== undefined && !this.#logOf(start).wasIdle;
    const pause = this.#isDriver && start ? LOOK_AGAIN_MS : LOOK_MS;
    return !isFlowing && this.#cluster.clock.now() - this.#lookedAt >= pause;
  }

  async *#look(appId: string, options: CallOptions): Pieces {
    this.#lookedAt = this.#cluster.clock.now();
    try {
      const app = await this.#cluster.app(appId, options);
      this.#saidBlind = '';
      // Between two starts nobody says where the next driver will be; it will be where the first one was.
      this.#isDriver ||= app?.driver === 'container';
      this.#isForgotten = app === undefined;
      // What it told of before it forgot still holds: these containers are there, and their logs as well.
      if (app) this.#app = app;
    } catch (error) {
      const problem = borne(error, options);
      if (problem !== this.#saidBlind) yield [notice(`YARN cannot be asked where the driver's log is: ${problem}`)];
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

  #logOf({ container, node, number }: DriverStart): ContainerFollower {
    const known = this.#logs.get(container);
    if (known) return known;
    const { tail: _, ...whole } = this.#opening;
    // The last lines are wanted of what was there when we came; a start that comes later is new as a whole.
    const opening = number === (this.#first ?? number) ? this.#opening : whole;
    const { archive: wait } = this.#cluster;
    const archive = wait && { wait, times: () => ({ bornMs: this.#bornMs, endedMs: this.#app?.endedMs }) };
    const log = new ContainerFollower(
      this.#cluster,
      { container, node, whose: "the driver's", driver: number, archive },
      opening,
    );
    this.#logs.set(container, log);
    return log;
  }

  *#announce({ number, container }: DriverStart): Generator<readonly LogItem[], void> {
    const before = this.#now;
    this.#first ??= number;
    this.#now = Math.max(number, before ?? 0);
    if (before === undefined && number > 1) {
      yield [notice(`the driver was started ${number} times; this is the log of the last one`)];
    } else if (before !== undefined && before < number) {
      yield [notice(`YARN started the driver again: start ${number}, ${container}`)];
    } else if (before !== undefined && before > number && !this.#saidEarlier.has(number)) {
      this.#saidEarlier.add(number);
      yield [notice(`what start ${number} of the driver wrote, ${container}`)];
    }
  }

  #leftToRead(starts: readonly DriverStart[]): readonly DriverStart[] {
    const isTail = this.#opening.tail !== undefined && this.#first === undefined;
    const wanted = isTail ? starts.slice(-1) : this.#fromFirst(starts);
    return wanted.filter(({ container }) => this.#logs.get(container)?.isDone !== true);
  }

  #fromFirst(starts: readonly DriverStart[]): readonly DriverStart[] {
    return starts.filter(({ number }) => number >= (this.#first ?? 0));
  }
}

/** The first two, or one more than are known, by the name of the last one: `container_e17_…` after the ResourceManager was restarted. */
function guessed(appId: string, known: readonly DriverStart[]): DriverStart[] {
  const id = /^application_(\d+_\d+)$/.exec(appId)?.[1];
  if (id === undefined) return [];
  const last = known.at(-1);
  const [, front = `container_${id}_`] = /^(container_(?:e\d+_)?\d+_\d+_)\d+_\d+$/.exec(last?.container ?? '') ?? [];
  return Array.from({ length: Math.max(2, (last?.number ?? 0) + 1) }, (_, i) => i + 1)
    .filter((number) => !known.some((start) => start.number === number))
    .map((number) => ({
      number,
      container: `${front}${String(number).padStart(2, '0')}_000001`,
      node: undefined,
      isOver: true,
    }));
}

import type {
  CallOptions,
  Clock,
  DriverLogReader,
  DriverLogSource,
  LogItem,
  LogOpening,
  RunRef,
} from '../core/index.js';
import { ARCHIVE_AGAIN_MS, type ArchiveWait, type RunTimes } from './archive-wait.js';
import { borne, ContainerFollower, type ContainerPlaces, notice } from './container-follower.js';
import type { LogPlace } from './log-file.js';

/** One log in the archive. */
interface Wanted {
  /** A container, or a step by its id. */
  readonly id: string;
  readonly driver?: number;
}

export interface ArchivedLogOptions {
  readonly wait: ArchiveWait;
  readonly clock: Clock;
  /** `driver`: its containers' logs · `step`: what spark-submit wrote in an EMR step. */
  readonly of: 'driver' | 'step';
  /** When a run ended, by a server's clock. @defaultValue nobody says */
  readonly endedAt?: (ref: RunRef, options: CallOptions) => Promise<number | undefined>;
}

type Pieces<T = void> = AsyncGenerator<readonly LogItem[], T>;

const nowhere: LogPlace = { read: async () => undefined };
const collectsNothing = { goOn: async (): Promise<boolean> => false };

/** A log from the archive alone, where no YARN can be asked: all of it comes after the end. */
export class ArchivedLog implements DriverLogSource {
  readonly #options: ArchivedLogOptions;

  constructor(options: ArchivedLogOptions) {
    this.#options = options;
  }

  open(_ref: RunRef, opening: LogOpening = {}): DriverLogReader {
    return opening.executors ? nothing : new ArchivedReader(this.#options, opening);
  }
}

// The archive is not asked for executors.
const none = async function* (): AsyncGenerator<readonly LogItem[], void> {};
const nothing: DriverLogReader = { suffices: false, read: none, finish: none };

class ArchivedReader implements DriverLogReader {
  readonly #options: ArchivedLogOptions;
  readonly #opening: LogOpening;
  readonly #places: ContainerPlaces;
  #isFound = false;

  constructor(options: ArchivedLogOptions, opening: LogOpening) {
    this.#options = options;
    this.#opening = opening;
    this.#places = { clock: options.clock, node: () => nowhere, collected: async () => nowhere };
  }

  get suffices(): boolean {
    return this.#isFound;
  }

  /** EMR copies logs every few minutes; what is there before the end is not worth the look. */
  readonly read = none;

  async *finish(ref: RunRef, options: CallOptions = {}): AsyncGenerator<readonly LogItem[], void> {
    const { of } = this.#options;
    const times = { bornMs: Date.parse(ref.createdAt), endedMs: await this.#endedAt(ref, options) };
    if (of === 'step') {
      if (ref.id !== undefined) yield* this.#whole({ id: ref.id }, times, options);
      return;
    }
    const done = new Set<string>();
    try {
      for (;;) {
        // While one is waited for, the log of a later start may come.
        const found = yield* this.#drivers(ref, times, options);
        const wanted = found.filter(({ id }) => !done.has(id));
        if (wanted.length === 0) return;
        for (const one of this.#opening.tail === undefined ? wanted : wanted.slice(-1)) {
          yield* this.#whole(one, times, options);
        }
        for (const { id } of wanted) done.add(id);
      }
    } catch (error) {
      yield [notice(`the driver's log cannot be looked for in S3: ${borne(error, options)}`)];
    }
  }

  async *#whole({ id, driver }: Wanted, times: RunTimes, options: CallOptions): Pieces {
    const { wait, of } = this.#options;
    const what = {
      container: id,
      node: undefined,
      whose: of === 'step' ? "the job's" : "the driver's",
      ...(driver !== undefined && { driver }),
      archive: { wait, times: () => times },
    };
    const log = new ContainerFollower(this.#places, what, this.#opening);
    yield* log.complete(collectsNothing, true, options);
    this.#isFound ||= log.isDone;
  }

  /** Without it the log's own times have to do. */
  async #endedAt(ref: RunRef, options: CallOptions): Promise<number | undefined> {
    try {
      return await this.#options.endedAt?.(ref, options);
    } catch (error) {
      borne(error, options);
      return undefined;
    }
  }

  /** Those that are there; of an application that has none yet, the name that the first one's would have. */
  async *#drivers(ref: RunRef, times: RunTimes, options: CallOptions): Pieces<readonly Wanted[]> {
    const { wait, clock } = this.#options;
    let { appId } = ref;
    for (let isFirst = true; appId === undefined; isFirst = false) {
      const seen = await wait.appOf(ref, times, options);
      appId = seen.appId;
      if (appId !== undefined) break;
      if (!seen.goesOn) return [];
      if (isFirst) yield [notice("the step's log, which names its application, is waited for in S3, up to 6 min")];
      await clock.sleep(ARCHIVE_AGAIN_MS, options.signal);
    }
    const found = await wait.archive.drivers(appId, options);
    const first = `${appId.replace('application', 'container')}_01_000001`;
    return (found.length > 0 ? found : [first]).map((id) => ({
      id,
      driver: Number(/_(\d+)_\d+$/.exec(id)?.[1] ?? 1),
    }));
  }
}

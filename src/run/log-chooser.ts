import type {
  CallOptions,
  Clock,
  DriverLogReader,
  DriverLogSource,
  LogItem,
  LogOpening,
  LogReader,
  LogSource,
  RunRef,
} from '../core/index.js';
import { LIVY_OVER_YARN_MIN_MS } from './pace.js';

/**
 * Where a run's log is read: where the driver writes, as soon and as long as that can be read; else from the backend, which in
 * cluster mode knows only what spark-submit said. That is all there is until a container runs, and it is what tells why
 * a submission failed.
 */
export class LogChooser implements LogSource {
  readonly #driver: DriverLogSource;
  readonly #backend: LogSource;
  readonly #clock: Clock;

  constructor(sources: { readonly driver: DriverLogSource; readonly backend: LogSource; readonly clock: Clock }) {
    this.#driver = sources.driver;
    this.#backend = sources.backend;
    this.#clock = sources.clock;
  }

  open(ref: RunRef, options?: LogOpening): LogReader {
    if (options?.executors) return this.#driver.open(ref, options); // of which the backend knows nothing
    return new ChosenReader(this.#driver.open(ref, options), this.#backend.open(ref, options), this.#clock);
  }
}

class ChosenReader implements LogReader {
  readonly #driver: DriverLogReader;
  readonly #backend: LogReader;
  readonly #clock: Clock;
  #backendReadAt = -Infinity;

  constructor(driver: DriverLogReader, backend: LogReader, clock: Clock) {
    this.#driver = driver;
    this.#backend = backend;
    this.#clock = clock;
  }

  get minPauseMs(): number {
    return this.#driver.minPauseMs ?? LIVY_OVER_YARN_MIN_MS;
  }

  async *read(ref: RunRef, options?: CallOptions): AsyncGenerator<readonly LogItem[], void> {
    yield* this.#driver.read(ref, options);
    if (this.#driver.suffices) return;
    // The driver's reader may want to be asked more often than Livy does.
    const now = this.#clock.now();
    if (now - this.#backendReadAt < (this.#backend.minPauseMs ?? LIVY_OVER_YARN_MIN_MS)) return;
    this.#backendReadAt = now;
    yield* this.#backend.read(ref, options);
  }

  async *finish(ref: RunRef, options?: CallOptions): AsyncGenerator<readonly LogItem[], void> {
    yield* this.#driver.finish(ref, options);
    if (this.#driver.suffices) return;
    yield* this.#backend.read(ref, options);
    yield* this.#backend.finish(ref, options);
  }
}

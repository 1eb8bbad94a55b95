import type { CallOptions, LogItem, LogOpening, LogReader, LogSource, LogStream, RunRef } from '../core/index.js';
import type { LivyClient } from './client.js';
import { isLivyNotFound } from './door.js';
import { type LogSections, splitLog } from './log-lines.js';
import { addressOf, isLivys, ownBatch } from './own-batch.js';
import { RingLength, Stitcher } from './stitch.js';

const SOURCE = 'livy';
/** Readings in a row while the ring turns by more than half between two of them. */
const MOST_READINGS = 25;

/**
 * Livy's own log of a batch: spark-submit's output, which in client and local mode is the driver's. A ring of 200 lines
 * unless the server is set otherwise: lines that were overwritten between two readings are told as a gap.
 */
export class LivyRing implements LogSource {
  readonly #client: LivyClient;
  constructor(client: LivyClient) {
    this.#client = client;
  }
  open(_ref: RunRef, opening: LogOpening = {}): LogReader {
    if (opening.executors) return noExecutors;
    return new RingReader(this.#client, opening);
  }
}

const noExecutors: LogReader = {
  async *read() {},
  async *finish() {
    const text = 'Livy has no logs of executors; where they can be read YARN knows (its address: --yarn-url)';
    yield [{ type: 'notice', text }];
  },
};

class RingReader implements LogReader {
  readonly #client: LivyClient;
  readonly #length = new RingLength();
  readonly #stdout = new Stitcher(this.#length);
  readonly #stderr = new Stitcher(this.#length);
  #diagnostics: readonly string[] = [];
  /** Of the first reading only: what comes later is all new. */
  #tail: number | undefined;
  #saidGone = false;
  readonly #wantsAll: boolean;
  readonly #stream: LogOpening['stream'];

  constructor(client: LivyClient, { tail, stream }: LogOpening) {
    this.#client = client;
    this.#tail = tail;
    this.#wantsAll = tail === undefined;
    this.#stream = stream;
  }

  /** Where much was written since the last reading, it reads again at once, for the ring does not wait. */
  async *read(ref: RunRef, options?: CallOptions): AsyncGenerator<readonly LogItem[], void> {
    if (!isLivys(ref)) return;
    for (let readings = 0, turning = true; turning && readings < MOST_READINGS; readings++) {
      const items: LogItem[] = [];
      const sections = await this.#fetch(ref, options).catch((error: unknown) => {
        // The caller meets it on the next call if it is still there.
        if (readings > 0) return undefined;
        throw error;
      });
      if (sections === undefined) return;
      turning = this.#take(sections, items);
      if (items.length > 0) yield items.filter((item) => this.#isWanted(item));
    }
  }

  finish(ref: RunRef, options?: CallOptions): AsyncIterable<readonly LogItem[]> {
    return this.read(ref, options);
  }

  #isWanted(item: LogItem): boolean {
    return this.#stream === undefined || item.type === 'notice' || item.stream === this.#stream;
  }

  /** `gone` once Livy has forgotten the batch, or has another one in its place. */
  async #fetch(ref: RunRef, options?: CallOptions): Promise<LogSections | 'gone'> {
    try {
      const address = await this.#addressOf(ref, options);
      if (address === undefined) return 'gone';
      const page = await this.#client.batches.log(address, { ...options, size: -1 });
      return ref.id === undefined || String(page.id) === ref.id ? splitLog(page.log) : 'gone';
    } catch (error) {
      if (isLivyNotFound(error)) return 'gone';
      throw error;
    }
  }

  /** The name, for an id may have become somebody else's. Where that does not prove whose it is, the batch is looked at. */
  async #addressOf(ref: RunRef, options?: CallOptions): Promise<string | undefined> {
    const isNameEnough = ref.name !== '' && (ref.id !== undefined || ref.appId === undefined);
    if (isNameEnough) return ref.name;
    const batch = await ownBatch(this.#client, ref, options);
    return batch && addressOf(batch);
  }

  /** Adds what is new, and says whether the ring turns so fast that the next reading should not wait. */
  #take(sections: LogSections | 'gone', items: LogItem[]): boolean {
    if (sections === 'gone') {
      if (!this.#saidGone) items.push({ type: 'notice', text: 'Livy no longer has the log of this run' });
      this.#saidGone = true;
      return false;
    }
    const tail = this.#tail;
    this.#tail = undefined;
    const stdout = this.#ring('stdout', this.#stdout, sections.stdout, tail, items);
    const stderr = this.#ring('stderr', this.#stderr, sections.stderr, tail, items);
    const told = newOf(this.#diagnostics, sections.diagnostics);
    if (sections.diagnostics.length > 0) this.#diagnostics = sections.diagnostics;
    push(items, 'yarn', lastOf(told, tail));
    return stdout || stderr;
  }

  #ring(
    stream: LogStream,
    stitcher: Stitcher,
    now: readonly string[],
    tail: number | undefined,
    items: LogItem[],
  ): boolean {
    const { fresh, gap, firstWasFull } = stitcher.next(now);
    const lines = lastOf(fresh, tail);
    if (firstWasFull && this.#wantsAll) {
      items.push({
        type: 'notice',
        text: `Livy keeps the last ${now.length} lines of ${stream}; lines before the first one shown may be gone`,
      });
    }
    // Who asked for the last lines only does not miss the ones before.
    if (gap !== undefined && (tail === undefined || tail > fresh.length))
      items.push({ type: 'gap', stream, reason: gap });
    push(items, stream, lines);
    return fresh.length * 2 > now.length && now.length >= (this.#length.known ?? RingLength.usual);
  }
}

function push(items: LogItem[], stream: LogStream, lines: readonly string[]): void {
  for (const text of lines) items.push({ type: 'line', stream, text, source: SOURCE });
}

const lastOf = (lines: readonly string[], tail: number | undefined): readonly string[] =>
  tail === undefined || tail >= lines.length ? lines : lines.slice(lines.length - tail);

/** Diagnostics are replaced as a whole: what was added, or all of another text. */
function newOf(before: readonly string[], now: readonly string[]): readonly string[] {
  if (now.length === 0) return [];
  return before.every((line, i) => line === now[i]) ? now.slice(before.length) : now;
}

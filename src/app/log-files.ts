import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ConfigError, type DiagnosisLine } from '../core/index.js';
import { LineSplitter } from '../hadoop/index.js';

/** Of longer files the end is looked at, and of longer lines the beginning, in characters. */
const MOST_LINES = 20_000;
const LONGEST = 3_900;

/** Whether this is there and no folder: a run may be called as a folder is. */
export const isFile = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => !found.isDirectory(),
    () => false,
  );

/** Of a log file, packed or not, its last lines with their numbers. @throws ConfigError when it cannot be read */
export async function readLogFile(path: string): Promise<DiagnosisLine[]> {
  try {
    const bytes = createReadStream(path);
    return await logLines((await isPacked(path)) ? unpacked(bytes) : bytes, sourceOf(path));
  } catch (error) {
    throw new ConfigError(`${path} cannot be read: ${(error as Error).message}`, { field: path });
  }
}

/** What goes wrong on the way is thrown by who reads it. */
const unpacked = (bytes: Readable): Readable => pipeline(bytes, createGunzip(), () => undefined);

/** By what it is, not by its name: browsers unpack what they download and keep the name. */
async function isPacked(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** As a driver's streams are called where they are files of their own: `stdout.gz`, `stderr.log`. */
const sourceOf = (path: string): string => /^(?:stdout|stderr|yarn)\b/.exec(basename(path))?.[0] ?? basename(path);

/**
 * The last lines of a log. Of what `yarn logs` prints, which has many containers in one, the driver's streams are told apart
 * and the executors' left out; anything else is one stream under the name given. Memory stays flat however long it is.
 */
export async function logLines(log: AsyncIterable<Uint8Array | string>, source: string): Promise<DiagnosisLine[]> {
  const splitter = new LineSplitter();
  const lines = new LogLines(source);
  let isPart = false;
  const take = (parts: ReturnType<LineSplitter['push']>): void => {
    for (const { text, continues } of parts) {
      if (!isPart) lines.add(text);
      isPart = continues === true;
    }
  };
  for await (const piece of log) take(splitter.push(Buffer.from(piece)));
  take(splitter.end());
  return lines.last();
}

const CONTAINER = /^Container: (container_\w{1,80}) on /;
const LOG_TYPE = /^LogType: ?([\w.-]{1,60})$/;
const END = /^End of LogType: ?/;
const OF_DRIVER = /_0*1$/;

class LogLines {
  readonly #source: string;
  #lines: DiagnosisLine[] = [];
  #number = 0;
  #stream: string;
  #container: string | undefined;
  /** It is `yarn logs` that prints this. */
  #isYarns = false;

  constructor(source: string) {
    this.#source = source;
    this.#stream = source;
  }

  add(text: string): void {
    this.#number++;
    if (!this.#isOfDriver(text)) return;
    const kept = text.length > LONGEST ? Buffer.from(text.slice(0, LONGEST)).toString() : text;
    this.#lines.push({ source: this.#stream, line: this.#number, text: kept });
    if (this.#lines.length >= 2 * MOST_LINES) this.#lines = this.last();
  }

  last(): DiagnosisLine[] {
    return this.#lines.slice(-MOST_LINES);
  }

  #isOfDriver(text: string): boolean {
    const container = CONTAINER.exec(text)?.[1];
    this.#container = container ?? this.#container;
    const type = this.#container === undefined ? undefined : LOG_TYPE.exec(text)?.[1];
    if (type !== undefined && !this.#isYarns) {
      this.#isYarns = true;
      this.#lines = []; // what its own client says before
    }
    if (!this.#isYarns) return true;
    if (type !== undefined) this.#stream = type;
    if (END.test(text)) this.#stream = this.#source;
    const isHead = container !== undefined || type !== undefined || this.#stream === this.#source;
    return !isHead && OF_DRIVER.test(this.#container ?? '');
  }
}

import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ConfigError } from '../core/index.js';

/** The files of one event log, in the order in which they are to be read. */
export interface EventLog {
  /** What it is called, for people. */
  readonly name: string;
  readonly paths: readonly string[];
}

const FIELD = '--event-log';

/**
 * A log of one file, or the folder `eventlog_v2_…` of one that Spark rolled (`spark.eventLog.rolling.enabled`).
 * @throws ConfigError for one that is compressed, or is none
 */
export async function findEventLog(path: string): Promise<EventLog> {
  const found = await stat(path).catch((error: unknown) => {
    throw new ConfigError(`${FIELD}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`, {
      field: FIELD,
      cause: error,
    });
  });
  const paths = found.isDirectory() ? await rolled(path) : [path];
  for (const one of paths) await checkPlain(one);
  return { name: basename(path), paths };
}

/** `events_<n>_<app id>`; a compacted one stands for all before it, and itself. */
async function rolled(folder: string): Promise<string[]> {
  const files = (await readdir(folder)).flatMap((name) => {
    const match = /^events_(\d+)_/.exec(name);
    return match ? [{ name, index: Number(match[1]), isCompact: name.endsWith('.compact') }] : [];
  });
  if (files.length === 0) {
    throw new ConfigError(
      `${FIELD}: ${folder} is a folder without events_1_…; name a log's file, or the folder eventlog_v2_<application id> of a rolled one`,
      { field: FIELD },
    );
  }
  const from = Math.max(0, ...files.filter(({ isCompact }) => isCompact).map(({ index }) => index));
  return files
    .filter(({ index, isCompact }) => index > from || (index === from && (isCompact || from === 0)))
    .sort((a, b) => a.index - b.index)
    .map(({ name }) => join(folder, name));
}

const advice: Readonly<Record<string, string>> = {
  zstd: 'unpack it first: zstd -d',
  gz: 'unpack it first: gunzip',
  // lz4-java and snappy-java write frames of their own, which the lz4 and snzip programs do not read.
  lz4: 'ask the History Server for this run (--history-url), or write logs with spark.eventLog.compress=false',
  snappy: 'ask the History Server for this run (--history-url), or write logs with spark.eventLog.compress=false',
  lzf: 'ask the History Server for this run (--history-url), or write logs with spark.eventLog.compress=false',
};

async function checkPlain(path: string): Promise<void> {
  const codec =
    /\.(zstd|lz4|snappy|lzf|gz)(?:\.inprogress|\.compact)?$/.exec(path)?.[1] ?? (await codecByContent(path));
  if (codec === undefined) return;
  throw new ConfigError(`${FIELD}: ${path} is compressed (${codec}); ${advice[codec] ?? 'unpack it first'}`, {
    field: FIELD,
  });
}

async function codecByContent(path: string): Promise<string | undefined> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(8);
    const { bytesRead } = await file.read(head, 0, 8, 0);
    if (bytesRead === 0 || head[0] === 0x7b) return undefined; // "{", or nothing written yet
    if (head.readUInt32LE(0) === 0xfd2fb528) return 'zstd';
    if (head.readUInt16BE(0) === 0x1f8b) return 'gz';
    if (head.toString('latin1') === 'LZ4Block') return 'lz4';
    throw new ConfigError(`${FIELD}: ${path} is not an event log of Spark: its first line is no JSON`, {
      field: FIELD,
    });
  } finally {
    await file.close();
  }
}

/** Line by line, for a log can be larger than the memory. Not by readline: it takes U+2028 in a job's name for a line's end. */
export async function* eventLines({ paths }: EventLog, signal?: AbortSignal): AsyncGenerator<string, void> {
  for (const path of paths) {
    let parts: string[] = []; // joined once: a plan can make one line of megabytes out of many chunks
    for await (const chunk of createReadStream(path, { encoding: 'utf8', ...(signal && { signal }) })) {
      const [first = '', ...more] = (chunk as string).split('\n');
      parts.push(first);
      for (const next of more) {
        yield parts.join('');
        parts = [next];
      }
    }
    const last = parts.join('');
    if (last !== '') yield last;
  }
}

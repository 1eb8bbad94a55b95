import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ConfigError, type DiagnosisLine } from '../core/index.js';

/** Of longer files the end is looked at. */
const MOST_LINES = 20_000;

/** Of a log file, packed or not, its lines with their numbers. @throws ConfigError when it cannot be read */
export async function readLogFile(path: string): Promise<DiagnosisLine[]> {
  try {
    const bytes = await readFile(path);
    // By what it is, not by its name: browsers unpack what they download and keep the name.
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const text = isPacked ? await promisify(gunzip)(bytes) : bytes;
    return logLines(text.toString('utf8'), sourceOf(path));
  } catch (error) {
    throw new ConfigError(`${path} cannot be read: ${(error as Error).message}`, { field: path });
  }
}

/** As a driver's streams are called where they are files of their own: `stdout.gz`, `stderr.log`. */
const sourceOf = (path: string): string => /^(?:stdout|stderr|yarn)\b/.exec(basename(path))?.[0] ?? basename(path);

const CONTAINER = /^Container: (container_\w{1,80}) on /;
const LOG_TYPE = /^LogType: ?([\w.-]{1,60})$/;
const END = /^End of LogType: ?/;
const OF_DRIVER = /_0*1$/;

/**
 * Of what `yarn logs` prints, which has many containers in one, the driver's streams are told apart and the executors'
 * left out; anything else is one stream under the name given.
 */
export function logLines(text: string, source: string): DiagnosisLine[] {
  const all = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const isYarns = all.some((line) => LOG_TYPE.test(line)) && all.some((line) => CONTAINER.test(line));
  const lines: DiagnosisLine[] = [];
  let isDrivers = true;
  let stream = source;
  all.forEach((line, i) => {
    if (isYarns) {
      const container = CONTAINER.exec(line)?.[1];
      if (container !== undefined) isDrivers = OF_DRIVER.test(container);
      const type = LOG_TYPE.exec(line)?.[1];
      if (type !== undefined) stream = type;
      if (END.test(line)) stream = source;
      if (!isDrivers || container !== undefined || type !== undefined || stream === source) return;
    }
    lines.push({ source: stream, line: i + 1, text: line });
  });
  return lines.slice(-MOST_LINES);
}

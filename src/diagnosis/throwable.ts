import type { Line } from './line.js';

/** A place in somebody's code. */
export interface Frame {
  readonly line: Line;
  /** As it was printed: `/srv/jobs/etl.py`, `Etl.scala`. */
  readonly file: string;
  readonly at: string;
  /** The function or method; absent for the top of a Python file. */
  readonly inside?: string;
  /** Of the job itself, not of Spark, Python or a library. */
  readonly isOwn: boolean;
}

/** One exception of a trace. */
export interface Throwable {
  readonly lang: 'java' | 'python';
  /** As it was printed: `java.io.FileNotFoundException`, `ValueError`. */
  readonly type: string;
  /**
   * `raised`: what was not caught · `task`: what a task failed with, told in the words of another · `cause`: named below
   * `Caused by` · `earlier`: what Python was handling when the next one was raised.
   */
  role: 'raised' | 'task' | 'cause' | 'earlier';
  /** Where it is named. */
  readonly line: Line;
  /** Its words, without its type; may have several lines. */
  message: string;
  /** Python: outermost first. Java: innermost first. */
  readonly frames: readonly Frame[];
}

/** `FileNotFoundException` of `java.io.FileNotFoundException`. */
export const simpleName = (type: string): string =>
  type.slice(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1);

/** The frame that raised it. */
export const raisedAt = ({ lang, frames }: Throwable): Frame | undefined =>
  lang === 'python' ? frames.at(-1) : frames[0];

/** The innermost place in the job's own code. */
export const ownFrame = ({ lang, frames }: Throwable): Frame | undefined =>
  lang === 'python' ? frames.findLast(({ isOwn }) => isOwn) : frames.find(({ isOwn }) => isOwn);

const PY_FRAME = /^[\s|]{1,60}File "([^"]{1,500})", line (\d{1,9})(?:, in (.{1,300}))?$/;
const PY_LIBRARY = /(?:^|\/)(?:pyspark|py4j|site-packages|dist-packages|lib\/python[\d.]*)(?:\.zip|-[\w.-]{1,40}\.zip)?\/|^<(?!stdin)/; // prettier-ignore

export function pythonFrame(line: Line): Frame | undefined {
  const found = PY_FRAME.exec(line.text);
  if (!found) return undefined;
  const [, file = '', at = '', inside] = found;
  return {
    line,
    file,
    at,
    ...(inside !== undefined && inside !== '<module>' && { inside }),
    isOwn: !PY_LIBRARY.test(file),
  };
}

const JAVA_FRAME = /^\s{1,60}at (?:[\w.-]{1,80}(?:@[\w.-]{1,40})?\/)?([\w$.<>-]{1,400})\(([^()]{1,200})\)/;
const JAVA_LIBRARY =
  /^(?:javax?|jdk|sun|com\.sun|scala|py4j|com\.amazonaws|com\.amazon|software\.amazon|io\.netty|io\.delta|com\.fasterxml|com\.esotericsoftware|com\.google|org\.(?:apache(?!\.spark\.examples)|sparkproject|eclipse|json4s|codehaus|slf4j|postgresql|xerial|mongodb|mariadb)|com\.mysql|com\.microsoft|oracle|com\.databricks|net\.snowflake|kafka)\./;

export const isJavaFrame = (text: string): boolean => /^\s{1,60}at \S{1,400}\(/.test(text);

export function javaFrame(line: Line): Frame | undefined {
  const found = JAVA_FRAME.exec(line.text);
  if (!found) return undefined;
  const [, method = '', place = ''] = found;
  const [file = '', at] = place.split(':');
  if (at === undefined || !/^\d+$/.test(at)) return undefined; // Native Method, Unknown Source: no place to go to
  const inside = method.split('.').slice(-2).join('.').replace(/\$(?=\.)/, ''); // prettier-ignore
  return { line, file, at, inside, isOwn: !JAVA_LIBRARY.test(method) };
}

import type { Rule } from '../rule.js';
import type { Throwable } from '../throwable.js';
import type { View } from '../view.js';
import { firstLine, thrownWords } from '../words.js';

/** Say only that something below them failed. */
const WRAPPER_TYPES =
  /^$|^py4j\.|(?:^|\.)(?:InvocationTargetException|UndeclaredThrowableException|ExecutionException|SparkUserAppException|StreamingQueryException|PythonException|ExecutorLostFailure|FetchFailed|TaskKilled)$/;
const WRAPPER_WORDS =
  /^(?:Job aborted|Exception thrown in awaitResult|Task failed while writing rows|Writing job aborted|Application application_\S{1,60} finished with failed status|\[TASK_WRITE_FAILED\]|\[FAILED_EXECUTE_UDF\]|\[INTERNAL_ERROR\] .{0,40}stage failed)/;

/** An exception of the JVM that no other rule knows: the job's own Scala or Java, or Spark's. */
export const javaException: Rule = {
  code: 'JAVA_EXCEPTION',
  about: 'An exception of the JVM ended the job: of its own Scala or Java code, or of a library.',
  transient: false,
  next: ['Read it from the innermost cause outwards: livywire logs --stream stderr'],
  unproven: 'no recorded job in Scala or Java fails of what no other code stands for',
  match(view) {
    const thrown = innermost(view) ?? handedOn(view);
    return thrown && { thrown, title: titleOf(view, thrown) };
  },
};

const isWrapper = ({ lang, type, message }: Throwable): boolean =>
  lang === 'python' ? /^(?:py4j|pyspark)\./.test(type) : WRAPPER_TYPES.test(type) || WRAPPER_WORDS.test(message);

/** The innermost that says something. */
export const innermost = ({ thrown }: View): Throwable | undefined =>
  thrown.find((one) => !isWrapper(one) && one.lang === 'java' && one.role !== 'earlier');

/** What Python had of the JVM, where the JVM itself says no more. */
const handedOn = ({ thrown }: View): Throwable | undefined =>
  thrown.find(({ lang, type, message }) => lang === 'python' && /^(?:py4j|pyspark)\./.test(type) && firstLine(message) !== ''); // prettier-ignore

/** A bare NullPointerException says little: what it was wrapped in goes with it. */
function titleOf({ thrown, ending }: View, one: Throwable): string {
  const words = thrownWords(one);
  const home = ending.find(({ throwables }) => throwables.includes(one));
  const outer = home?.throwables.slice(0, home.throwables.indexOf(one)).findLast((other) => !isWrapper(other) || /^Task failed|^Job aborted/.test(other.message)); // prettier-ignore
  const isBare = firstLine(one.message) === '' && thrown.length > 1;
  return isBare && outer && outer.type !== one.type ? `${words}, below ${thrownWords(outer)}` : words;
}

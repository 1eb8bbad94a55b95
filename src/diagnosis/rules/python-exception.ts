import type { Rule } from '../rule.js';
import { type Frame, raisedAt, type Throwable } from '../throwable.js';
import { placeOf, type View } from '../view.js';
import { oneLine, placeWords, thrownWords } from '../words.js';

/** Only hands on what the JVM says. */
const WRAPPERS = /^py4j\.|(?:^|\.)PythonException$|^pyspark\.errors\.exceptions\.captured\./;

/** The job's own Python raised, in the driver or in a worker. */
export const pythonException: Rule = {
  code: 'PYTHON_EXCEPTION',
  about:
    "The job's own Python raised an exception that nobody caught, in the driver or in an executor; or is no Python.",
  transient: false,
  next: ['Fix the line that it names and submit again as a new attempt (--retry-of failed)'],
  match(view) {
    const thrown = pick(view);
    if (!thrown) return undefined;
    const place = placeOf(view, thrown);
    const at = place ?? raisedAt(thrown);
    return {
      thrown,
      title: titleOf(view, thrown, at),
      ...(at && { place: at }),
      next: [
        `Fix ${at ? `line ${at.at} of ${at.file.split(/[/\\]/).at(-1) ?? at.file}` : 'it'} and submit again as a new attempt (--retry-of failed)`,
      ],
    };
  },
};

/** What a worker raised is below what the driver was told; of a chain the last one ended the job. */
function pick({ thrown }: View): Throwable | undefined {
  const python = thrown.filter(({ lang, role }) => lang === 'python' && role !== 'earlier');
  const ofWorker = python.find(({ role, type }) => role === 'task' && !WRAPPERS.test(type));
  const ofDriver = python.find(({ role, type }) => role === 'raised' && !WRAPPERS.test(type));
  return ofWorker ?? ofDriver;
}

/** With what it was raised from, and of a group with its first member. */
function titleOf({ thrown, ending }: View, one: Throwable, place: Frame | undefined): string {
  const words = `${oneLine(thrownWords(one))}${place ? ` (${placeWords(place)})` : ''}`;
  const home = ending.find(({ throwables }) => throwables.includes(one));
  const isGroup = one.type.endsWith('ExceptionGroup');
  const member = isGroup ? home?.throwables.find(({ role, lang }) => lang === 'python' && role === 'cause') : undefined;
  if (member) return `${words}: first of them ${thrownWords(member)}`;
  const earlier = thrown.find(
    ({ role, lang, type }) => lang === 'python' && role === 'earlier' && !WRAPPERS.test(type),
  );
  return earlier ? `${words}, from ${thrownWords(earlier)}` : words;
}

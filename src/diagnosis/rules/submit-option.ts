import { findThrown, findTold, type Match, type Rule } from '../rule.js';
import type { View } from '../view.js';

const FIRST_WORDS = ([words]: RegExpExecArray): string => words;

/** spark-submit, or the JVM that it starts, takes the command line not. */
export const submitOption: Rule = {
  code: 'SUBMIT_OPTION',
  about: 'An option, a setting or the file of the job is not understood, contradicts another, or cannot be so.',
  transient: false,
  next: [
    'Correct the option that it names; livywire explain -- spark-submit … shows what becomes of each',
    'Sizes have a unit: 4g, 512m. Settings are --conf key=value, and keys begin with spark.',
  ],
  match: (view) =>
    (isContainers(view)
      ? undefined
      : findTold(view, [
          {
            says: /can't open file '?([^':]{1,500})'?: \[Errno 2\]/,
            title: ([, path]) => `The job's own file is not there: ${path}`,
          },
          { says: /^Error: (?!Failed to load class|Could not find or load main).{1,300}/, title: FIRST_WORDS },
          { says: /^Unrecognized (?:VM )?option:? .{1,200}/, title: FIRST_WORDS },
          {
            says: /^(?:Invalid (?:maximum|initial) heap size|Initial heap size set to a larger value).{0,200}/,
            title: FIRST_WORDS,
          },
        ])) ??
    ofArguments(view) ??
    findThrown(view, [
      { says: /INVALID_(?:DRIVER|EXECUTOR)_MEMORY/ },
      { type: /SparkException$/, says: /^(?:Cluster deploy mode is (?:currently )?not|Executor .{1,60} must be|Master must|Could not parse Master URL|Application .{0,40}requires? |When running with master 'yarn')/ }, // prettier-ignore
      { type: /IllegalArgumentException$/, says: /^(?:requirement failed: (?!.{0,80}(?:vector|dimension))|spark\.[\w.]{2,100} should|System memory \d{1,15} must be at least|Executor memory \d{1,15} must be at least|The value of property spark|'?[\w.]{0,60}' in spark\.|.{0,120}spark\.[\w.]{2,100}.{0,80}(?:must be|is invalid|was \S{1,80}, but must))/ }, // prettier-ignore
      { type: /NumberFormatException$/, says: /^(?:Size must be specified as bytes|Time must be specified as|Fractional values are not supported|Failed to parse (?:byte|time) string)/ }, // prettier-ignore
    ]),
};

/** What a container of YARN says of its own command line was not said by spark-submit. */
const isContainers = ({ verdict, told }: View): boolean =>
  verdict.masterExit !== undefined && told.some(({ text }) => text.includes('Exception from container-launch'));

/** spark-submit itself throws: while it reads its arguments, or finds not what it is to send along. */
function ofArguments({ thrown }: View): Match | undefined {
  const found = thrown.find(
    ({ type, frames }) =>
      /^SparkSubmit(?:Arguments|OptionParser)\.scala$/.test(frames[0]?.file ?? '') ||
      (type.endsWith('FileNotFoundException') &&
        frames.some(({ inside }) => inside?.startsWith('Client.copyFileToRemote'))),
  );
  return found && { thrown: found, place: 'none' };
}

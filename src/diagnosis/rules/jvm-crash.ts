import type { Match, Rule } from '../rule.js';
import type { View } from '../view.js';

const FATAL = /^#\s{1,3}A fatal error has been detected by the Java Runtime Environment/;
const SIGNAL = /^#\s{1,3}(SIG\w{2,8} .{1,160}|Internal Error .{1,160}|There is insufficient memory .{1,120})$/;
const CRASH_EXIT = /[Ee]xit(?:ed with\s{1,3}exit)? ?[Cc]ode(?: is)?:? (134|139)\b/;

/** The JVM itself broke. */
export const jvmCrash: Rule = {
  code: 'JVM_CRASH',
  about: "The driver's JVM itself crashed: native code in or below it.",
  transient: false,
  next: [
    'Read the hs_err_pid….log that it names: the "Problematic frame" says whose native code it was',
    'Suspect native libraries first (compression codecs, Arrow, JNI), then the JVM: another patch level of it',
  ],
  unproven: 'no JVM was made to crash; the words are those of HotSpot',
  match: (view) => ofReport(view) ?? ofExit(view),
};

/** What a JVM prints as it goes down. */
function ofReport({ lines, verdict }: View): Match | undefined {
  const start = lines.findIndex(({ text }) => FATAL.test(text));
  if (start < 0 || verdict.kind === undefined) return undefined;
  const report = lines.slice(start, start + 20);
  const signal = report.find(({ text }) => SIGNAL.test(text));
  const frame = report.findIndex(({ text }) => /^# Problematic frame/.test(text));
  const proof = [lines[start], signal, frame < 0 ? undefined : report[frame + 1]].filter((line) => line !== undefined);
  const words = SIGNAL.exec(signal?.text ?? '')?.[1];
  return { lines: proof, place: 'none', title: `The JVM crashed${words === undefined ? '' : `: ${words}`}` };
}

/** 128 and the signal: 6 is SIGABRT, 11 SIGSEGV. */
function ofExit({ told, thrown }: View): Match | undefined {
  const line = thrown.length > 0 ? undefined : told.find(({ text }) => CRASH_EXIT.test(text) && /AM Container|appattempt|driver/i.test(text)); // prettier-ignore
  if (!line) return undefined;
  const code = CRASH_EXIT.exec(line.text)?.[1];
  return { lines: [line], place: 'none', title: `The driver's process crashed (exit code ${code ?? ''}: ${code === '134' ? 'SIGABRT' : 'SIGSEGV'})` }; // prettier-ignore
}

import type { Burst } from './burst.js';
import type { Line } from './line.js';
import { type Frame, isJavaFrame, javaFrame, pythonFrame, type Throwable } from './throwable.js';
import {
  CAUSED_BY,
  handedOn,
  JAVA_START,
  LINKS,
  LOST_TASK,
  NOISE,
  RAISED,
  SAID,
  SOUNDS_THROWN,
  SYNTAX_FRAME,
  THREAD_START,
  TRACEBACK,
} from './trace-words.js';

const MOST_THROWABLES = 200;
const MOST_FRAMES = 300;
const LONGEST_MESSAGE = 2_000;

/** Goes through the lines of one source once, and finds every burst. */
export class BurstReader {
  readonly #bursts: Burst[] = [];
  #open: Burst | undefined;
  #event: Line | undefined;
  /** The throwable whose frames are being read. */
  #now: (Throwable & { frames: Frame[] }) | undefined;
  /** In a Python traceback, before the line that names the exception. */
  #frames: Frame[] | undefined;
  #afterBlank = false;
  /** Python said that another exception follows. */
  #linked = false;
  #syntax: Line | undefined;
  #inTask = false;
  /** Frames came below the exception, so its message is over. */
  #hasFrames = false;

  static read(lines: readonly Line[]): readonly Burst[] {
    const reader = new BurstReader();
    for (const line of lines) reader.#take(line);
    return reader.#bursts;
  }

  #take(line: Line): void {
    const { text, event } = line;
    if (event) return this.#takeEvent(line);
    const bare = text.replace(/^ {0,40}[|+] (?! ?-)/, ''); // exception groups are drawn with bars
    if (bare.trim() === '') {
      this.#afterBlank = true;
      return;
    }
    const isGroup = bare.length < text.length;
    if (bare.endsWith(TRACEBACK)) this.#openTraceback(line, bare);
    else if (SYNTAX_FRAME.test(text) && !this.#frames) this.#syntax = line;
    else if (this.#inTraceback(line, bare, isGroup)) return;
    else if (this.#inTrace(line)) return;
    else this.#plain(line);
  }

  /** Of a logger. An event that comes while a traceback is being printed comes from another process, and is passed over. */
  #takeEvent(line: Line): void {
    if (this.#frames && !line.event?.message.endsWith(TRACEBACK)) return;
    this.#close();
    this.#event = line;
    const message = line.event?.message ?? '';
    const inner = line.isJobs || this.#isQuoted(line) ? undefined : handedOn(message);
    const task = inner === undefined ? LOST_TASK.exec(message)?.[1] : undefined;
    if (inner !== undefined) this.#tell(line, inner);
    else if (task !== undefined) this.#said(line, task, 'task');
  }

  /** What ended the driver, as those who started it say. */
  #tell(line: Line, words: string): void {
    this.#close(true);
    this.#start(line, { ...(line.event && { event: line }), isTold: true });
    if (words !== '') this.#said(line, words, 'raised');
  }

  /** An exception in the words of another, or of a logger. */
  #said(line: Line, words: string, role: Throwable['role']): void {
    const found = SAID.exec(words);
    const isNamed = found !== null && (SOUNDS_THROWN.test(found[1] ?? '') || found[3] !== undefined || role === 'task');
    if (words.endsWith(TRACEBACK)) return this.#openTraceback(line, words, role);
    if (role === 'task') this.#inTask = true;
    this.#start(line, this.#event && { event: this.#event });
    if (!isNamed && role === 'raised') return;
    this.#add(line, { type: isNamed ? (found[1] ?? '') : '', message: isNamed ? (found[2] ?? found[3] ?? '') : words, role }); // prettier-ignore
    const inner = isNamed && LOST_TASK.exec(words)?.[1];
    if (inner) this.#said(line, inner, 'task');
  }

  #start(line: Line, how: Pick<Burst, 'event' | 'thread' | 'isTold'> = {}): void {
    this.#afterBlank = false;
    if (this.#open) {
      this.#open.last = line.index;
      return;
    }
    this.#open = {
      source: line.source,
      first: line.index,
      last: line.index,
      throwables: [],
      spokenAfter: 0,
      ...how,
    };
    this.#bursts.push(this.#open);
  }

  #add(
    line: Line,
    said: { type: string; message: string; role: Throwable['role']; frames?: Frame[]; lang?: 'python' },
  ): void {
    const { type, message, role, frames = [], lang = 'java' } = said;
    const one: Throwable & { frames: Frame[] } = { lang, type, message: message.slice(0, LONGEST_MESSAGE), role, line, frames }; // prettier-ignore
    this.#now = one;
    this.#hasFrames = lang === 'python';
    if (this.#open && this.#open.throwables.length < MOST_THROWABLES) this.#open.throwables.push(one);
  }

  #openTraceback(line: Line, bare: string, role: Throwable['role'] = 'raised'): void {
    const isOwnLine = bare.length === TRACEBACK.length || bare.endsWith(`Exception Group ${TRACEBACK}`);
    const before = isOwnLine ? undefined : bare.slice(0, -TRACEBACK.length);
    const isNested = this.#linked || (this.#open !== undefined && this.#isWrapping());
    // `Caused by: …PythonException: Traceback …`: of a Java exception whose words are a traceback.
    if (this.#open && (before !== undefined || isNested || this.#inJava())) {
      if (before !== undefined) this.#inTask = true;
    } else {
      this.#close(true);
      this.#start(line, before !== undefined && this.#event ? { event: this.#event } : {});
      if (before !== undefined || role === 'task') this.#inTask = true;
    }
    this.#frames = [];
    this.#touch(line);
  }

  /** Whether the last exception only hands on what comes next. */
  #isWrapping(): boolean {
    return /see the stack trace below|PythonException/.test(`${this.#now?.type ?? ''} ${this.#now?.message ?? ''}`);
  }

  #inJava(): boolean {
    return this.#now?.lang === 'java' && !this.#afterBlank && !this.#hasFrames;
  }

  #inTraceback(line: Line, bare: string, isGroup: boolean): boolean {
    const frame = this.#frames && pythonFrame(line);
    if (frame && this.#frames) {
      if (this.#frames.length >= MOST_FRAMES) this.#frames.shift();
      this.#frames.push(frame);
      this.#touch(line);
      return true;
    }
    if (LINKS.includes(bare)) {
      for (const one of this.#open?.throwables ?? []) if (one.lang === 'python') one.role = 'earlier';
      this.#linked = this.#open !== undefined;
      return true;
    }
    const raised = /^\s/.test(bare) ? null : RAISED.exec(bare);
    if (this.#syntax && !this.#frames) return this.#ofSyntax(line, raised);
    if (!this.#frames) return isGroup && this.#inGroup(line, raised);
    if (!raised) {
      this.#touch(line);
      return /^\s/.test(bare); // a source line; else something that another stream printed in between
    }
    const frames = this.#frames;
    this.#frames = undefined;
    this.#touch(line);
    if (frames.length === 0) return true;
    this.#addPython(line, raised, frames);
    return true;
  }

  #addPython(line: Line, raised: RegExpExecArray, frames: Frame[]): void {
    const role = this.#inTask || this.#isWrapping() ? 'task' : 'raised';
    this.#linked = false;
    this.#add(line, { lang: 'python', type: raised[1] ?? '', message: raised[2] ?? '', role, frames });
  }

  /** A file that is no Python has no traceback, only where it went wrong. */
  #ofSyntax(line: Line, raised: RegExpExecArray | null): boolean {
    const start = this.#syntax;
    if (!start || line.index - start.index > 6) {
      this.#syntax = undefined;
      return false;
    }
    if (!raised || !/^(?:Syntax|Indentation|Tab)Error$/.test(raised[1] ?? '')) return /^\s/.test(line.text);
    this.#syntax = undefined;
    this.#close(true);
    this.#start(start);
    const frame = pythonFrame(start);
    this.#addPython(line, raised, frame ? [frame] : []);
    this.#touch(line);
    return true;
  }

  /** One of the exceptions of a group, which has no traceback of its own. */
  #inGroup(line: Line, raised: RegExpExecArray | null): boolean {
    if (!this.#open || this.#now?.lang !== 'python') return false;
    if (raised && SOUNDS_THROWN.test(raised[1] ?? ''))
      this.#add(line, { lang: 'python', type: raised[1] ?? '', message: raised[2] ?? '', role: 'cause' });
    this.#touch(line);
    return true;
  }

  /** Java's own: the first line, causes, frames. */
  #inTrace(line: Line): boolean {
    const { text } = line;
    const open = this.#open;
    const told = this.#isReport(line) ? handedOn(text) : undefined;
    if (told !== undefined) {
      this.#tell(line, told);
      return true;
    }
    if (open && (isJavaFrame(text) || /^\s{1,60}\.\.\. \d{1,6} /.test(text) || text.startsWith('Driver stacktrace:'))) {
      const frame = javaFrame(line);
      this.#hasFrames = true;
      if (frame && this.#now?.lang === 'java' && this.#now.frames.length < MOST_FRAMES) this.#now.frames.push(frame);
      this.#touch(line);
      return true;
    }
    const caused = open && CAUSED_BY.exec(text);
    if (caused) {
      this.#add(line, { type: caused[1] ?? '', message: caused[2] ?? '', role: 'cause' });
      this.#touch(line);
      this.#taskIn(line);
      return true;
    }
    const found = JAVA_START.exec(text) ?? THREAD_START.exec(text);
    if (!found || !(found[1] !== undefined || SOUNDS_THROWN.test(found[2] ?? ''))) return false;
    const [, thread, type = '', message = ''] = found;
    // The words of another one go on with it: `message=` of a failed fetch, what Py4J tells of the JVM.
    const goesOn = open && thread === undefined && (text.startsWith(': ') || !this.#afterBlank || this.#now?.lang !== 'python'); // prettier-ignore
    if (!goesOn) {
      this.#close(true);
      const event = thread === undefined && this.#event?.index === line.index - 1 ? this.#event : undefined;
      const isDrivers = thread !== undefined && !line.isJobs;
      this.#start(line, { ...(event && { event }), ...(isDrivers && { thread }) });
    }
    this.#add(line, { type, message, role: goesOn && !text.startsWith(': ') ? 'task' : goesOn ? 'cause' : 'raised' });
    this.#touch(line);
    this.#taskIn(line);
    return true;
  }

  /** YARN's own words, or those that Spark's client hands on: anybody may print a line that looks like them. */
  #isReport(line: Line): boolean {
    if (line.source === 'yarn') return !this.#isQuoted(line);
    return this.#event?.event?.logger === 'Client' && !this.#event.isJobs;
  }

  /** Behind the exception that YARN hands on come its own words. */
  #isQuoted({ source }: Line): boolean {
    return source === 'yarn' && this.#bursts.some(({ isTold, event }) => isTold && !event);
  }

  #taskIn(line: Line): void {
    const task = LOST_TASK.exec(line.text)?.[1];
    if (task) this.#said(line, task, 'task');
  }

  /** Neither a logger's nor part of a trace: more of the message, or the job's own print. */
  #plain(line: Line): void {
    const open = this.#open;
    if (NOISE.test(line.text)) return;
    const isMessage = this.#now?.lang === 'python' ? !this.#afterBlank : !this.#hasFrames;
    if (open && this.#now && isMessage) {
      if (this.#now.message.length < LONGEST_MESSAGE) this.#now.message += `\n${line.text}`;
      this.#touch(line);
      this.#taskIn(line);
      return;
    }
    if (open) {
      this.#close();
      open.spokenAfter++;
      return;
    }
    const last = this.#bursts.at(-1);
    if (last) last.spokenAfter++;
  }

  #touch(line: Line): void {
    this.#afterBlank = false;
    if (this.#open) this.#open.last = line.index;
  }

  /** @param keepsEvent what comes next may still be that event's */
  #close(keepsEvent = false): void {
    this.#open = undefined;
    this.#now = undefined;
    this.#frames = undefined;
    this.#linked = false;
    this.#syntax = undefined;
    this.#inTask = false;
    this.#afterBlank = false;
    if (!keepsEvent) this.#event = undefined;
  }
}

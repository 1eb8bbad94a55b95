/** How Python, the JVM, Spark and YARN word a failure, line by line. Each pattern takes time linear in its line. */
export const TRACEBACK = 'Traceback (most recent call last):';
const TYPE = String.raw`(?:[A-Za-z_][\w$]{0,100}\.){1,20}[A-Z][\w$]{0,150}`;
export const JAVA_START = new RegExp(`^(?:Exception in thread "([^"]{0,200})" |: )?(${TYPE})(?:: (.*)|:)?$`);
export const THREAD_START = /^Exception in thread "([^"]{0,200})" ([\w$.]{1,300})(?:: (.*))?$/;
export const SOUNDS_THROWN = /(?:Exception|Error|Throwable|Failure|Fault)\w{0,40}$/;
export const CAUSED_BY = /^\s{0,20}Caused by: ([\w$.]{1,300})(?:: (.*)|:)?$/;
/** What stands between the words of the scheduler and those of the task. */
export const LOST_TASK = /(?:Lost task [\d.]{1,20} in stage [\d.]{1,20} \(TID[^)]{0,200}\)(?: \([^)]{0,200}\))?|Most recent failure reason): ?(.*)$/; // prettier-ignore
export const SAID = /^([\w$.]{1,300})(?:: (.*)|( ?\(.*)|:)?$/;
/** Words of the application master and of spark-submit that hand on what the driver ended with. */
const HANDED_ON = [
  /^\s{0,9}diagnostics: (.*)$/,
  /^Application diagnostics message: (.*)$/,
  /^Unregistering ApplicationMaster with \w{1,20} \(diag message: (.*)$/,
  /^Final app status: \w{1,20}, exitCode: -?\d{1,6}, \(reason: (.*)$/,
  /^(?:User class threw exception|Uncaught exception)[^:]{0,100}: (.*)$/,
];
export const RAISED = /^([A-Za-z_][\w.]{0,200})(?:: (.*)|:)?$/;
export const SYNTAX_FRAME = /^\s{1,20}File "[^"]{1,500}", line \d{1,9}$/;
export const LINKS = [
  'During handling of the above exception, another exception occurred:',
  'The above exception was the direct cause of the following exception:',
];
/** Printed by the programs around the job: not a sign that the job went on. */
export const NOISE =
  /^\[Stage \d|^SLF4J|^log4j:|^WARNING: |^Picked up |^Setting default log level|^Using Spark's|^To adjust logging|^Exception ignored in|^End of LogType|^LogType|^\*{5,}|^Container: container_|^Command exiting with|^command terminated|^Error in sys\.excepthook|^-XX:|^#/;

/** `undefined` where a line hands on nothing. */
export function handedOn(text: string): string | undefined {
  let words = text;
  for (const pattern of HANDED_ON) words = pattern.exec(words)?.[1] ?? words;
  return words === text ? undefined : words;
}

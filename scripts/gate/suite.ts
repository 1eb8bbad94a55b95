/** An ava suite as a step: its TAP output is read by a TAP parser and every test in it is counted. */
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { Parser, type Result } from 'tap-parser';
import { stringify } from 'yaml';
import { root } from './project.js';
import { ONE_FAILED, type Step, sum, type Tally } from './steps.js';

export interface SuiteOptions {
  /** ava's configuration file. @defaultValue ava's own */
  readonly config?: string;
  /** Paths of the files to run. @defaultValue those of the configuration */
  readonly files?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Name every test as it ends, for suites of which one test takes long. @defaultValue `false` */
  readonly verbose?: boolean;
  /** Ends the whole suite, as a failure, after this many milliseconds. @defaultValue `600_000` */
  readonly timeoutMs?: number;
}

function count({ ok, skip, todo }: Result): Tally {
  const left = Boolean(skip) || Boolean(todo);
  return { passed: Number(ok && !left), failed: Number(!ok && !left), skipped: Number(left) };
}

/** What ava says of a failure, without the place when that is inside ava itself. */
function proof(diag: object): object {
  return Object.fromEntries(
    Object.entries(diag).filter(
      ([key, value]) => value !== '' && !(key === 'at' && String(value).includes('node_modules/ava/')),
    ),
  );
}

function show(result: Result, verbose: boolean, endedAt: string): void {
  const { failed, skipped } = count(result);
  if (failed > 0) {
    console.log(`FAILED  ${result.name}`);
    if (result.diag) console.log(stringify(proof(result.diag as object)).replaceAll(/^(?=.)/gm, '        '));
  } else if (skipped > 0) console.log(`skipped ${result.name}`);
  else if (verbose) console.log(`ok      ${endedAt}  ${result.name}`);
}

export function suiteStep(
  title: string,
  { config, files = [], env, verbose = false, timeoutMs = 600_000 }: SuiteOptions = {},
): Step {
  return {
    title,
    async run() {
      const tallies: Tally[] = [];
      const start = performance.now();
      // Where a long suite loses its time. A result is told when the next one begins: its line came before.
      const ends: string[] = [];
      const parser = new Parser();
      parser.on('line', (line: string) => {
        if (/^(not )?ok /.test(line)) ends.push(`${Math.round((performance.now() - start) / 1_000)} s`.padStart(6));
      });
      parser.on('assert', (result: Result) => {
        tallies.push(count(result));
        show(result, verbose, ends.shift() ?? '');
      });
      const ava = execa('ava', ['--tap', ...(config === undefined ? [] : ['--config', config]), ...files], {
        cwd: root,
        preferLocal: true,
        stdin: 'ignore',
        reject: false,
        timeout: timeoutMs,
        ...(env !== undefined && { env }),
      });
      const parsed = new Promise((resolve) => parser.on('complete', resolve));
      ava.stdout.pipe(parser);
      // A server that a test left behind may hold ava's output open for ever: then the end is not waited for.
      const ended = await Promise.race([
        Promise.all([ava, parsed]),
        delay(timeoutMs + 15_000, undefined, { ref: false }),
      ]);
      const result = ended?.[0];
      const tally = sum(tallies);
      if (result?.failed === false && tally.passed + tally.skipped > 0) return tally;
      if (result === undefined || result.timedOut) console.log(`stopped after ${timeoutMs / 1_000} s`);
      else if (result.stderr !== '') console.log(result.stderr);
      if (tallies.length === 0) console.log('no test ran');
      // A crash outside any test, or no test at all: ava knows, TAP has no line for it.
      return tally.failed > 0 ? tally : sum([tally, ONE_FAILED]);
    },
  };
}

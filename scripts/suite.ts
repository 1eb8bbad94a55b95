/** An ava suite as a step: its TAP output is read by a TAP parser and every test in it is counted. */
import { execa } from 'execa';
import { Parser, type Result } from 'tap-parser';
import { stringify } from 'yaml';
import { root } from './project.js';
import { type Step, sum, type Tally } from './steps.js';

export interface SuiteOptions {
  /** ava's configuration file. @defaultValue ava's own */
  readonly config?: string;
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

function show(result: Result, verbose: boolean): void {
  const { failed, skipped } = count(result);
  if (failed > 0) {
    console.log(`FAILED  ${result.name}`);
    if (result.diag) console.log(stringify(result.diag).replaceAll(/^/gm, '        '));
  } else if (skipped > 0) console.log(`skipped ${result.name}`);
  else if (verbose) console.log(`ok      ${result.name}`);
}

export function suiteStep(
  title: string,
  { config, env, verbose = false, timeoutMs = 600_000 }: SuiteOptions = {},
): Step {
  return {
    title,
    async run() {
      const tallies: Tally[] = [];
      const parser = new Parser();
      parser.on('assert', (result: Result) => {
        tallies.push(count(result));
        show(result, verbose);
      });
      const ava = execa('ava', ['--tap', ...(config === undefined ? [] : ['--config', config])], {
        cwd: root,
        preferLocal: true,
        stdin: 'ignore',
        reject: false,
        timeout: timeoutMs,
        ...(env !== undefined && { env }),
      });
      const parsed = new Promise((resolve) => parser.on('complete', resolve));
      ava.stdout.pipe(parser);
      const [result] = await Promise.all([ava, parsed]);
      const tally = sum(tallies);
      const said = result.timedOut ? `stopped after ${timeoutMs / 1_000} s` : result.stderr;
      if (result.failed && said !== '') console.log(said);
      // A crash outside any test, or no test at all: ava knows, TAP has no line for it.
      return tally.failed > 0 || (!result.failed && tally.passed + tally.skipped > 0)
        ? tally
        : sum([tally, { passed: 0, failed: 1, skipped: 0 }]);
    },
  };
}

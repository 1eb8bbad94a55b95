/** A run of named steps that count as tests: what `check`, `check:package` and `test` have in common. */
import { ExecaError } from 'execa';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Step {
  readonly title: string;
  /** What later steps stand on: when it fails they are not tried, and each counts as failed. */
  readonly essential?: boolean;
  /** Counts what it ran. Throwing is one failure. */
  run(): Promise<Tally>;
}

export const ONE_PASSED: Tally = { passed: 1, failed: 0, skipped: 0 };
export const ONE_FAILED: Tally = { passed: 0, failed: 1, skipped: 0 };
export const ONE_SKIPPED: Tally = { passed: 0, failed: 0, skipped: 1 };

export function sum(tallies: readonly Tally[]): Tally {
  const count = (key: keyof Tally): number => tallies.reduce((total, tally) => total + tally[key], 0);
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

/** Steps that wait more than they work, at the same time. What they print is mixed. */
export function sideBySide(...steps: readonly Step[]): Step {
  return {
    title: steps.map(({ title }) => title).join(', and at the same time '),
    run: async () => sum(await Promise.all(steps.map(runStep))),
  };
}

/** One after the other, beside other steps. */
export function inTurn(...steps: readonly Step[]): Step {
  return {
    title: steps.map(({ title }) => title).join(', then '),
    async run() {
      const tallies: Tally[] = [];
      for (const step of steps) tallies.push(await runStep(step));
      return sum(tallies);
    },
  };
}

/** `12 passed, 0 failed`, and `, 1 skipped` where some were. */
function inWords({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function explain(error: unknown): string {
  if (error instanceof ExecaError) {
    return [error.shortMessage, error.all ?? error.stdout, error.all === undefined && error.stderr]
      .filter(Boolean)
      .join('\n');
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

async function runStep(step: Step): Promise<Tally> {
  console.log(`\n== ${step.title}`);
  const start = performance.now();
  const tally: Tally = await step.run().catch((error: unknown) => {
    console.log(explain(error));
    return ONE_FAILED;
  });
  console.log(`-- ${step.title}: ${inWords(tally)} (${((performance.now() - start) / 1_000).toFixed(1)} s)`);
  return tally;
}

/** Runs the steps one after the other and prints how each went; the last line is the sum. Gives the exit code. */
export async function runSteps(steps: readonly Step[]): Promise<number> {
  const tallies: Tally[] = [];
  const broken: string[] = [];
  let blocked = false;
  for (const step of steps) {
    const tally: Tally = blocked ? ONE_FAILED : await runStep(step);
    if (blocked) console.log(`\n== ${step.title}: not tried, for what it stands on has failed`);
    tallies.push(tally);
    if (tally.failed > 0) broken.push(step.title);
    blocked ||= step.essential === true && tally.failed > 0;
  }
  const total = sum(tallies);
  if (broken.length > 0) console.log(`\nfailed: ${broken.join(', ')}`);
  console.log(`\n${inWords(total)}`);
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
}

/** The programs that judge templates, where this machine has them. */
import { execa } from 'execa';
import type { ExecutionContext } from 'ava';

/** Whether a program can be run. Said aloud where not, so that a skipped test is seen. */
export async function has(t: ExecutionContext, file: string, ...args: readonly string[]): Promise<boolean> {
  const { exitCode } = await execa(file, [...args], { reject: false });
  if (exitCode === 0) return true;
  t.log(`skipped: there is no ${[file, ...args].join(' ')} on this machine`);
  t.pass();
  return false;
}

/** Fails the test with what the program said. */
export async function accepts(
  t: ExecutionContext,
  file: string,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const { exitCode, stdout, stderr } = await execa(file, [...args], {
    reject: false,
    ...(input !== undefined && { input }),
  });
  t.is(exitCode, 0, `${file} says:\n${`${stderr}\n${stdout}`.slice(0, 4_000)}`);
  return stdout;
}

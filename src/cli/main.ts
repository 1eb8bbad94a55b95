import type { Io } from './io.js';
import { frontPage } from './verbs.js';

/**
 * Runs one command line. Touches nothing but `io`.
 * What needs no verb is answered here, before anything else is loaded.
 * @returns the exit code
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const [first, second] = argv;
  if (first === '--version' || first === '-V') {
    io.stdout.write(`${io.version}\n`);
    return 0;
  }
  if (first === undefined || first === '--help' || first === '-h' || (first === 'help' && second === undefined)) {
    io.stdout.write(frontPage());
    return 0;
  }
  const { dispatch } = await import('./dispatch.js');
  return dispatch(argv, io);
}

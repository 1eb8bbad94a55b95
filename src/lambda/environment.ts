import process from 'node:process';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The function's environment. Home and cache are the one folder that a function may write to, and paths are relative to
 * its code.
 */
export const environment = (): Environment => ({ HOME: '/tmp', XDG_CACHE_HOME: '/tmp', ...process.env });

/** The folder of the function's code. */
export const taskRoot = (env: Environment): string => env.LAMBDA_TASK_ROOT ?? '/';

/** One line for the function's log: CloudWatch takes metrics from it, too. */
export const writeLine = (line: string): void => void process.stdout.write(`${line}\n`);

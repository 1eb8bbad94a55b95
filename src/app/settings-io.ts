import { exec } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { ConfigError, plainLine, redactText } from '../core/index.js';

/** What reading settings needs from the machine, so that tests need none of it. */
export interface SettingsIo {
  home(): string;
  /** `undefined` when there is no such file. */
  readFile(path: string): Promise<string | undefined>;
  readStdin(): Promise<string>;
  /** Runs a shell command and resolves with the one line it printed. @throws ConfigError */
  runCommand(command: string, field: string): Promise<string>;
}

const COMMAND_TIMEOUT_MS = 30_000;

export const systemSettingsIo: SettingsIo = {
  home: homedir,
  async readFile(path) {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw new ConfigError(`${path} could not be read: ${code ?? (error as Error).message}`, {
        field: path,
        cause: error,
      });
    }
  },
  async readStdin() {
    throw new ConfigError('There is no stdin to read here', { field: 'stdin' });
  },
  runCommand: (command, field) =>
    new Promise((resolve, reject) => {
      const child = exec(command, { timeout: COMMAND_TIMEOUT_MS, maxBuffer: 1 << 20 }, (error, stdout, stderr) => {
        const line = stdout.trim();
        if (error) {
          // The message of exec's own error holds the command; stderr is the person's own tool talking.
          const said = plainLine(redactText(stderr.trim().split('\n').at(-1) ?? ''));
          const how = error.killed
            ? `took longer than ${COMMAND_TIMEOUT_MS / 1_000}s`
            : `ended with ${error.code ?? error.signal}`;
          reject(new ConfigError(`${field}: the command ${how}${said === '' ? '' : `: ${said}`}`, { field }));
        } else if (line === '' || /\s/.test(line)) {
          reject(new ConfigError(`${field}: the command should print one word, the token`, { field }));
        } else resolve(line);
      });
      child.stdin?.end();
    }),
};

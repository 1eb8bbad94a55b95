import { ConfigError } from '../../core/index.js';
import { bashScript, fishScript, zshScript } from '../completion-scripts.js';
import { defineCommand } from '../define.js';
import { exitCodes } from '../exit-code.js';
import { nearest } from '../scan.js';
import { verbs } from '../verbs.js';

const shells = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

export const completionCommand = defineCommand({
  name: 'completion',
  positionals: '<bash|zsh|fish>',
  describe: 'Print the completion script of a shell.',
  examples: [
    ['source <(livywire completion bash)', 'in ~/.bashrc'],
    ['source <(livywire completion zsh)', 'in ~/.zshrc, after compinit'],
    ['livywire completion fish > ~/.config/fish/completions/livywire.fish', ''],
  ],
  options: {},
  words: { min: 1, max: 1 },
  async run({ rest }, { out }) {
    const shell = rest[0] ?? '';
    if (!Object.hasOwn(shells, shell)) {
      // tcsh and ksh are shells of their own, not ways to write zsh.
      const near = /^(?:t?csh|[kd]?a?sh)$/.test(shell) ? undefined : nearest(shell, Object.keys(shells));
      throw new ConfigError(
        `${JSON.stringify(shell)} is not one of bash, zsh, fish${near === undefined ? '' : `; did you mean ${near}?`}`,
        { field: 'shell' },
      );
    }
    const loaded = await Promise.all(
      Object.entries(verbs).map(async ([name, { describe, load }]) => ({
        name,
        describe,
        options: (await load()).options,
      })),
    );
    out.result(shells[shell as keyof typeof shells](loaded).trimEnd());
    return exitCodes.succeeded;
  },
});

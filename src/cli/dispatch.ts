import { ConfigError, plainLine, redactText } from '../core/index.js';
import { createContext } from './context.js';
import type { Args, Command } from './define.js';
import type { OptionTable } from './option-spec.js';
import { sayError } from './failure.js';
import type { Io } from './io.js';
import { checkWords, helpText, parse } from './parse.js';
import { nearest } from './scan.js';
import { Terminal } from './terminal.js';
import { verbs } from './verbs.js';

/** Finds the verb, reads its flags, runs it, and turns whatever comes of it into an exit code. */
export async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const [first = '', ...words] = argv;
  // Before the flags are read properly, so that an error in reading them is one document too.
  let out = new Terminal(io, { json: words.includes('--json'), quiet: false });
  try {
    if (first === 'help') return print(io, await helpText(await findVerb(words[0] ?? ''), io.stdout.columns));
    const command = await findVerb(first);
    const { scanned, args } = await parse(command, words);
    if (scanned.version) return print(io, `${io.version}\n`);
    if (scanned.help) return print(io, await helpText(command, io.stdout.columns));
    const flags = args as unknown as Readonly<Record<string, unknown>>;
    out = new Terminal(io, { json: flags.json === true, quiet: flags.quiet === true });
    if (!command.stopAtFirstWord) checkWords(command, args.rest);
    return await runCommand(command, args, out, io);
  } catch (error) {
    return sayError(error, out, io);
  } finally {
    out.finish();
  }
}

async function runCommand(command: Command, args: Args<OptionTable>, out: Terminal, io: Io): Promise<number> {
  const context = createContext(command, args, out, io);
  try {
    return await command.run(args, context);
  } finally {
    await context.close();
  }
}

function print(io: Io, text: string): number {
  io.stdout.write(text);
  return 0;
}

async function findVerb(name: string): Promise<Command> {
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb) return verb.load();
  const shown = plainLine(redactText(name));
  if (name.startsWith('-')) {
    throw new ConfigError(
      `The verb comes first, then ${shown}: livywire run ${shown} …; livywire --help lists the verbs`,
    );
  }
  const near = nearest(name, Object.keys(verbs));
  const hint = near === undefined ? 'livywire --help lists the verbs' : `did you mean livywire ${near}?`;
  throw new ConfigError(`There is no verb ${JSON.stringify(shown)}; ${hint}`);
}

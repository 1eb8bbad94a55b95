import yargs, { type Argv, type Options } from 'yargs';
import { ConfigError, plainLine, redactText } from '../core/index.js';
import type { Args, Command } from './define.js';
import type { OptionSpec, OptionTable } from './option-spec.js';
import { checkChoice, type Given, type Scanned, scan } from './scan.js';

/**
 * yargs takes quotes off a value that begins and ends with them (`--conf=x="y"` as well as `"y"`), so its answer is
 * taken for what was set, and the text for what it was set to.
 */
function valueOf(spec: OptionSpec, value: unknown, texts: readonly string[]): unknown {
  if (spec.type === 'boolean') return value === true;
  if (spec.type === 'list') return texts;
  return texts.at(-1);
}

function build(command: Command, words: readonly string[]): Argv {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, spec]): [string, Options] => [
      name,
      {
        describe: spec.describe,
        ...(spec.type === 'boolean' ? { boolean: true } : { string: true, requiresArg: true }),
        ...(spec.type === 'list' && { array: true }),
        ...(spec.alias !== undefined && { alias: spec.alias }),
        ...(spec.choices && { choices: [...spec.choices] }),
        ...(spec.group !== undefined && { group: `${spec.group}:` }),
        ...(spec.hidden && { hidden: true }),
        skipValidation: false,
      },
    ]),
  );
  return yargs([...words])
    .scriptName(`livywire ${command.name}`)
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .parserConfiguration({
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'dot-notation': false,
      'camel-case-expansion': false,
      'boolean-negation': false,
      'short-option-groups': false,
      'greedy-arrays': false,
      'populate--': true,
    })
    .options(options)
    .strictOptions()
    .fail((message, error) => {
      throw error ?? new ConfigError(message);
    });
}

/** Reads the words behind a verb. @throws ConfigError */
export async function parse<O extends OptionTable>(
  command: Command<O>,
  words: readonly string[],
): Promise<{ readonly scanned: Scanned; readonly args: Args<O> }> {
  const scanned = scan(words, command.options, { stopAtFirstWord: command.stopAtFirstWord ?? false });
  for (const one of scanned.given) checkChoice(one, command.options);
  checkOnce(scanned.given, command.options);
  const normal = scanned.given.map(({ name, value }) => (value === undefined ? `--${name}` : `--${name}=${value}`));
  const parsed = (await build(command, normal).parseAsync()) as Record<string, unknown>;
  const values = Object.fromEntries(
    Object.entries(command.options).map(([name, spec]) => [
      name,
      valueOf(
        spec,
        parsed[name],
        scanned.given.flatMap((one) => (one.name === name && one.value !== undefined ? [one.value] : [])),
      ),
    ]),
  );
  return { scanned, args: { ...values, rest: scanned.rest, given: scanned.given } as unknown as Args<O> };
}

/** Which of two keys was meant, nobody can tell. @throws ConfigError */
function checkOnce(given: readonly Given[], table: OptionTable): void {
  for (const [i, { name, typed, value }] of given.entries()) {
    const spec = table[name];
    if (!spec || spec.type !== 'string' || spec.lastCounts) continue;
    const other = given.slice(0, i).find((one) => one.name === name && one.value !== value);
    if (!other) continue;
    const both = [other.value, value].map((one) => JSON.stringify(plainLine(redactText(one ?? '')))).join(' and ');
    throw new ConfigError(`${typed} was given twice, as ${both}; give it once`, { field: typed });
  }
}

/** @throws ConfigError when there are too few or too many words beside the flags */
export function checkWords(command: Command, rest: readonly string[]): void {
  const { min, max } = command.words ?? { min: 0, max: 0 };
  const usage = `livywire ${command.name} ${command.positionals}`.trimEnd();
  if (rest.length < min)
    throw new ConfigError(`${command.positionals} is missing; usage: ${usage}`, { field: command.positionals });
  if (rest.length > max) {
    throw new ConfigError(`${JSON.stringify(rest[max])} is one word too many; usage: ${usage}`, {
      field: rest[max] ?? '',
    });
  }
}

const PAGE_WIDTH = 100;

/** The help page of a verb. */
export async function helpText(command: Command, columns: number | undefined): Promise<string> {
  const builder = build(command, [])
    .usage(
      [
        `livywire ${command.name} [flags] ${command.positionals}`.trimEnd(),
        '',
        command.describe,
        ...(command.details ?? []),
      ].join('\n'),
    )
    .wrap(Math.min(columns ?? PAGE_WIDTH, PAGE_WIDTH));
  const examples = command.examples.map(([line, what]) => `  ${line}${what === '' ? '' : `\n      ${what}`}`);
  return `${await builder.getHelp()}\n\nExamples:\n${examples.join('\n')}\n`;
}

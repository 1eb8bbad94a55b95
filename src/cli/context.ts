import {
  type Livywire,
  loadConnect,
  readSettings,
  type SettingName,
  settingNames,
  type Settings,
  settingWords,
  systemSettingsIo,
} from '../app/index.js';
import { ConfigError, type Logger } from '../core/index.js';
import type { Args, Command, Context } from './define.js';
import type { OptionTable } from './option-spec.js';
import { Interrupts } from './interrupts.js';
import type { Io } from './io.js';
import type { Terminal } from './terminal.js';

const CLOSE_WITHIN_MS = 500;

/** What a command gets: its settings and its services, both made when first asked for. */
export function createContext(
  command: Command,
  args: Args<OptionTable>,
  out: Terminal,
  io: Io,
): Context & { close(): Promise<void> } {
  const flags = args as unknown as Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  const interrupts = command.ownSignals ? undefined : new Interrupts(io, { onSignal: 'leave', ask: false });
  const open: Livywire[] = [];
  let settings: Promise<Settings> | undefined;

  const files = io.settingsIo ?? { ...systemSettingsIo, readStdin: () => io.readStdin() };
  const read = async (): Promise<Settings> => {
    const done = await readSettings({
      flags: settingFlags(command, flags),
      profile: textFlag(flags.profile),
      config: textFlag(flags.config),
      env: io.env,
      cwd: io.cwd,
      io: files,
    });
    for (const note of done.notes) out.warn(note);
    return done;
  };
  return {
    io,
    out,
    signal: interrupts?.signal ?? io.closed,
    settings: () => (settings ??= read()),
    readFile: (path) => files.readFile(path),
    connect: async (given, { believeWatcher = true, ...cluster } = {}) => {
      const wanted = given ?? (await (settings ??= read()));
      const connect = io.connect ?? (await loadConnect());
      const livywire = await connect(wanted, {
        logger: loggerTo(out, io.env.LIVYWIRE_DEBUG),
        caller: { env: io.env, cwd: io.cwd },
        cluster: { onProgress: (text) => out.note(text), signal: interrupts?.signal ?? io.closed, ...cluster },
        believeWatcher,
      });
      open.push(livywire);
      return livywire;
    },
    async close() {
      interrupts?.close();
      const closing = Promise.allSettled(open.map((one) => one.close()));
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_WITHIN_MS)));
      await Promise.race([closing, late]); // a socket that will not close keeps nobody waiting
      clearTimeout(timer);
    },
  };
}

const textFlag = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Those of a verb's flags that are settings and were given. */
function settingFlags(
  command: Command,
  flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>,
): Partial<Record<SettingName, string | boolean | readonly string[]>> {
  const given: Partial<Record<SettingName, string | boolean | readonly string[]>> = {};
  for (const name of settingNames) {
    const flag = settingWords[name].flag;
    const value = Object.hasOwn(command.options, flag) ? flags[flag] : undefined;
    if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) continue;
    given[name] = value;
  }
  return given;
}

/** Warnings are shown; the rest only to those who set LIVYWIRE_DEBUG. */
function loggerTo(out: Terminal, debug: string | undefined): Logger {
  const verbose = debug !== undefined && debug !== '';
  const say = (text: string, fields: Readonly<Record<string, unknown>> | undefined): void =>
    out.warn(fields === undefined ? text : `${text} ${JSON.stringify(fields)}`);
  return {
    debug: (text, fields) => verbose && say(text, fields),
    info: (text, fields) => verbose && say(text, fields),
    warn: (text, fields) => say(text, verbose ? fields : undefined),
  };
}

/**
 * @param rest the file and what stands behind it
 * @throws ConfigError when there is no address to talk to
 */
export function needUrl(settings: Settings, rest: readonly string[] = []): void {
  if (settings.url !== undefined || settings.cluster || settings.serverless) return;
  const behind = rest.slice(1).includes('--url') ? '; the --url that stands behind the file goes to the job' : '';
  throw new ConfigError(
    `No Livy to talk to: give --url or --cluster, set LIVYWIRE_URL, or choose a --profile that has one; livywire local up starts one on this machine${behind}`,
    { field: '--url' },
  );
}

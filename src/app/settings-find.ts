import { join, resolve } from 'node:path';
import { closestMatch } from 'leven';
import { ConfigError } from '../core/index.js';
import type { ConfigFile, Profile, ProfileValue } from './settings-file.js';
import type { SettingsIo } from './settings-io.js';
import {
  type SettingName,
  settingNames,
  type SettingsFlags,
  type SettingWord,
  settingWords,
} from './settings-words.js';

export interface SettingsInput {
  readonly flags?: SettingsFlags;
  /** Name of the profile, from `--profile`. */
  readonly profile?: string | undefined;
  /** Path of the config file, from `--config`. */
  readonly config?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly io?: SettingsIo;
}

/** One setting as it was given, and where. */
export interface Found {
  readonly value: ProfileValue;
  /** 0 flags, 1 environment, 2 profile. */
  readonly rank: 0 | 1 | 2;
  readonly from: string;
  /** What relative paths are relative to. */
  readonly base: string;
}
export type FoundSettings = Partial<Record<SettingName, Found>>;

export const nonEmpty = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
export const textOf = (one: Found): string => (typeof one.value === 'string' ? one.value : listOf(one).join(','));
export const wrongSetting = (one: Found | undefined, message: string): ConfigError =>
  new ConfigError(`${one?.from ?? 'settings'}: ${message}`, one && { field: one.from });

export function listOf(one: Found | undefined): string[] {
  if (one === undefined) return [];
  if (Array.isArray(one.value)) return one.value.map(String);
  return String(one.value as string | boolean)
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

export function isTrue(one: Found | undefined): boolean {
  if (one === undefined || one.value === false) return false;
  if (one.value === true || ['1', 'true', 'yes'].includes(textOf(one).toLowerCase())) return true;
  if (['0', 'false', 'no'].includes(textOf(one).toLowerCase())) return false;
  throw wrongSetting(one, `${JSON.stringify(textOf(one))} is neither true nor false`);
}

export async function findConfigFile(
  input: SettingsInput,
  io: SettingsIo,
  home: string,
): Promise<ConfigFile | undefined> {
  const named = input.config ?? nonEmpty(input.env.LIVYWIRE_CONFIG);
  const path =
    named === undefined
      ? join(nonEmpty(input.env.XDG_CONFIG_HOME) ?? join(home, '.config'), 'livywire', 'config.yaml')
      : resolve(input.cwd, named);
  const content = await io.readFile(path);
  if (content !== undefined) {
    const { parseConfigFile } = await import('./settings-file.js'); // only here: most calls have no file
    return parseConfigFile(path, content);
  }
  if (named === undefined) return undefined;
  const field = input.config === undefined ? 'LIVYWIRE_CONFIG' : '--config';
  throw new ConfigError(`${field}: ${path} is not there`, { field });
}

export function pickProfile(
  name: string,
  input: SettingsInput,
  file: ConfigFile | undefined,
): ConfigFile['profiles'][string] {
  const profile = file && Object.hasOwn(file.profiles, name) ? file.profiles[name] : undefined;
  if (profile) return profile;
  const field =
    input.profile !== undefined ? '--profile' : nonEmpty(input.env.LIVYWIRE_PROFILE) ? 'LIVYWIRE_PROFILE' : 'profile';
  const has = Object.keys(file?.profiles ?? {});
  throw new ConfigError(
    file === undefined
      ? `${field}: there is no config file to look for the profile ${JSON.stringify(name)} in; livywire doctor shows where one would be`
      : `${field}: ${file.path} has no profile ${JSON.stringify(name)}${has.length ? `; it has ${has.join(', ')}` : ''}`,
    { field },
  );
}

export function findSetting(
  name: SettingName,
  { flags, env, cwd }: SettingsInput,
  profile: { readonly value: ProfileValue | undefined; readonly from: string; readonly base: string } | undefined,
): Found | undefined {
  const word: SettingWord = settingWords[name];
  const flag = flags?.[name];
  if (flag !== undefined) {
    const one: Found = { value: flag, rank: 0, from: `--${word.flag}`, base: cwd };
    if (word.notOnCommandLine) {
      throw wrongSetting(
        one,
        `everybody on this machine could read it; use --${word.flag}-file, or the variable ${word.env}`,
      );
    }
    if (flag === '') throw wrongSetting(one, 'is empty');
    return one;
  }
  const variable = nonEmpty(env[word.env]);
  if (variable !== undefined) return { value: variable, rank: 1, from: word.env, base: cwd };
  return profile?.value === undefined
    ? undefined
    : { value: profile.value, rank: 2, from: profile.from, base: profile.base };
}

/** The server that is talked to: an address, or a cluster as it was written. */
export type Server = { readonly url: string } | { readonly cluster: string };

/**
 * Credentials and the addresses behind Livy belong to the server they were written for. When `--url` or `--cluster` names
 * another one than the profile (or the environment) that holds them, they are left out: a password sent to the wrong
 * host, or the wrong cluster's YARN believed, is worse than a refusal.
 */
export function dropForeign(
  found: FoundSettings,
  input: SettingsInput,
  profile: Profile | undefined,
  server: Server,
  notes: string[],
): void {
  const name = nameOf(server);
  const { env } = input;
  const own: Readonly<Record<number, string | undefined>> = {
    1: writtenFor(nonEmpty(env.LIVYWIRE_URL), nonEmpty(env.LIVYWIRE_CLUSTER)),
    2: writtenFor(profile?.url, profile?.cluster),
  };
  for (const setting of settingNames) {
    const one = found[setting];
    if (one === undefined || !(settingWords[setting] as SettingWord).bound) continue;
    const written = own[one.rank];
    if (written === undefined || written === name) continue;
    delete found[setting];
    notes.push(`${setting} of ${one.from} is for ${written}, not for ${name}: left out`);
  }
}

const nameOf = (server: Server): string =>
  'url' in server ? new URL(server.url).origin : `the cluster ${server.cluster}`;

/** The server that a place names which holds other settings too. */
function writtenFor(url: ProfileValue | undefined, cluster: ProfileValue | undefined): string | undefined {
  if (typeof url === 'string' && URL.canParse(url)) return nameOf({ url });
  return typeof cluster === 'string' ? nameOf({ cluster }) : undefined;
}

const OTHER_VARIABLES = ['LIVYWIRE_PROFILE', 'LIVYWIRE_CONFIG', 'LIVYWIRE_DEBUG'];

/** A variable that nobody reads because of a typo would be looked for at length. */
export function misspeltVariables(env: SettingsInput['env']): string[] {
  const known = [...settingNames.map((name) => settingWords[name].env as string), ...OTHER_VARIABLES];
  return Object.keys(env)
    .filter((name) => name.startsWith('LIVYWIRE_') && !known.includes(name))
    .flatMap((name) => {
      const near = closestMatch(name, known, { maxDistance: 2 });
      return near === undefined ? [] : [`${name} is set, but no setting is called so; did you mean ${near}?`];
    });
}

import { closestMatch } from 'leven';
import { LineCounter, parseDocument } from 'yaml';
import * as z from 'zod';
import { ConfigError } from '../core/index.js';
import { type SettingName, settingNames, type SettingWord, settingWords } from './settings-words.js';

const shapes = {
  text: z.union([z.string(), z.number().transform(String)]),
  flag: z.boolean(),
  list: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
  pairs: z.record(z.string(), z.union([z.string(), z.number().transform(String)])),
} as const;

const inFile = settingNames.filter((name) => !(settingWords[name] as SettingWord).notInFile);
const profile = z.strictObject(
  Object.fromEntries(inFile.map((name) => [name, shapes[settingWords[name].kind].optional()])),
);
const file = z.strictObject({
  /** The profile that is used when none is asked for. */
  profile: z.string().optional(),
  profiles: z
    .record(z.string(), profile)
    .nullish()
    .transform((profiles) => profiles ?? {}),
});

export type ProfileValue = string | readonly string[] | boolean | Readonly<Record<string, string>>;
export type Profile = { readonly [name in SettingName]?: ProfileValue };
export interface ConfigFile {
  readonly path: string;
  readonly profile?: string;
  readonly profiles: Readonly<Record<string, Profile>>;
}

/** Reads the text of a config file. @throws ConfigError with file, line and what would be right */
export function parseConfigFile(path: string, text: string): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors[0];
  if (broken) {
    const { line, col } = lines.linePos(broken.pos[0]);
    throw new ConfigError(`${path}:${line}:${col}: ${broken.message}`, { field: path });
  }
  const read = file.safeParse(document.toJS() ?? {});
  if (read.success) return { path, ...(read.data as Omit<ConfigFile, 'path'>) };

  const { issues } = read.error;
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]; // a typo explains what is missing
  const keys = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const at = [...(issue?.path ?? []), ...keys];
  const node = document.getIn(at, true) as { range?: [number, number, number] } | undefined;
  const start = node?.range?.[0];
  const { line, col } = start === undefined ? { line: 1, col: 1 } : lines.linePos(start);
  const name = at.join('.');
  throw new ConfigError(`${path}:${line}:${col}: ${explain(name, keys[0], at, issue?.message)}`, {
    field: name || path,
  });
}

function explain(
  name: string,
  unknown: string | undefined,
  at: readonly PropertyKey[],
  message = 'is not right',
): string {
  if (unknown === undefined) return name === '' ? message : `${name}: ${message}`;
  const inProfile = at[0] === 'profiles' && at.length === 3;
  if (inProfile && (unknown === 'password' || unknown === 'token')) {
    return `${name}: secrets do not belong in this file; use ${unknown}File, ${
      unknown === 'token' ? 'tokenCommand, ' : ''
    }or the variable ${settingWords[unknown].env}`;
  }
  const known = inProfile ? inFile : ['profile', 'profiles'];
  const near = closestMatch(unknown, known, { maxDistance: 4 });
  return `${name}: not a setting${near === undefined ? `; known are ${known.join(', ')}` : `; did you mean ${near}?`}`;
}

import { type Found, type FoundSettings, textOf, wrongSetting } from './settings-find.js';
import type { SettingsIo } from './settings-io.js';
import { parseHeader } from './settings-values.js';
import type { SettingName } from './settings-words.js';

export type SettingsAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  /** Asked at the first request and again after a 401. */
  | { readonly kind: 'bearer'; readonly token: () => Promise<string> };

/** Who we say we are: the nearest source decides between user and token. @throws ConfigError */
export async function readAuth(
  found: FoundSettings,
  inUrl: { readonly user: string; readonly password: string } | undefined,
  path: (one: Found) => string,
  io: SettingsIo,
): Promise<SettingsAuth> {
  const secret = async (one: Found): Promise<string> => {
    const content = textOf(one) === '-' ? await io.readStdin() : await io.readFile(path(one));
    if (content === undefined) throw wrongSetting(one, `${path(one)} is not there`);
    const line = content.replace(/\r?\n$/, '');
    if (line === '' || /[\r\n]/.test(line)) throw wrongSetting(one, 'should hold one line, the secret');
    return line;
  };
  const first = (...names: readonly SettingName[]): Found | undefined =>
    names.flatMap((name) => found[name] ?? []).sort((a, b) => a.rank - b.rank)[0];
  const user = found.user ?? (inUrl && found.url);
  const userName = found.user ? textOf(found.user) : (inUrl?.user ?? '');
  const token = first('token', 'tokenFile', 'tokenCommand');
  const password = first('password', 'passwordFile');
  if (user && token && user.rank === token.rank) {
    throw wrongSetting(token, `names a token while ${user.from} names a user; one of them is enough`);
  }
  if (user && !(token && token.rank < user.rank)) {
    if (!found.user && inUrl && inUrl.password !== '') return { kind: 'basic', ...inUrl };
    if (!password) {
      throw wrongSetting(
        user,
        'a user needs a password: --password-file <file>, --password-file - (stdin) or LIVYWIRE_PASSWORD',
      );
    }
    const value = password === found.password ? textOf(password) : await secret(password);
    return { kind: 'basic', user: userName, password: value };
  }
  if (token) {
    if (token === found.token) return { kind: 'bearer', token: async () => textOf(token) };
    if (token === found.tokenCommand) return { kind: 'bearer', token: () => io.runCommand(textOf(token), token.from) };
    await secret(token); // now, so that a missing file is an error before the first request
    return { kind: 'bearer', token: () => secret(token) };
  }
  if (password) throw wrongSetting(password, 'a password needs a user: --user or LIVYWIRE_USER');
  return { kind: 'none' };
}

export function readHeaders(one: Found | undefined): Record<string, string> {
  if (one === undefined) return {};
  if (typeof one.value === 'object' && !Array.isArray(one.value)) return { ...(one.value as Record<string, string>) };
  const lines = Array.isArray(one.value) ? one.value.map(String) : String(one.value).split('\n');
  return Object.fromEntries(lines.filter((line) => line.trim() !== '').map((line) => parseHeader(line, one.from)));
}

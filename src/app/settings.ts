import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isS3Url } from '../core/index.js';
import { parseDuration } from './settings-duration.js';
import {
  addressOrCluster,
  type ClusterSettings,
  readCluster,
  readServerless,
  type ServerlessSettings,
} from './settings-cluster.js';
import { readAuth, readHeaders, type SettingsAuth } from './settings-auth.js';
import {
  dropForeign,
  findConfigFile,
  type Found,
  findSetting,
  type FoundSettings,
  isTrue,
  listOf,
  misspeltVariables,
  nonEmpty,
  pickProfile,
  type SettingsInput,
  textOf,
  wrongSetting,
} from './settings-find.js';
import { systemSettingsIo } from './settings-io.js';
import { readVia, type ViaSettings } from './settings-via.js';
import { parseMapEntry, parseProxy, parseServerUrl } from './settings-values.js';
import { type SettingName, settingNames } from './settings-words.js';

/** Everything that `connect` needs to know, checked. Holds secrets: never print it. */
export interface Settings {
  /** Livy's address, without credentials. Absent where none was given: then only the ledger can be read. */
  readonly url?: string;
  /** In place of the address. */
  readonly cluster?: ClusterSettings;
  /** The application of EMR Serverless that takes the jobs, in the place of `url`. */
  readonly serverless?: ServerlessSettings;
  readonly auth: SettingsAuth;
  /** Extra headers for Livy. May hold secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** A way into the network that is opened for the time of a command, and then used as `proxy`. */
  readonly via?: ViaSettings;
  /** `none`: no proxy at all, not even the one in `proxyEnv`. */
  readonly proxy?: string;
  /** HTTPS_PROXY, NO_PROXY and their kin, as they were set. */
  readonly proxyEnv: Readonly<Record<string, string>>;
  /** `host[:port]=host[:port]`, of several that fit the most specific wins, the later one of two alike. */
  readonly map: readonly string[];
  /** Hosts that may be sent our credentials when a server redirects to them. */
  readonly redirectHosts: readonly string[];
  /** The contents of the PEM files, not their paths. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly insecure: boolean };
  /** Only for the cluster that `url` names. */
  readonly yarnUrl?: string;
  /** YARN is not asked, also where a cluster that was found has one: `--yarn-url none`. */
  readonly withoutYarn?: true;
  /** More ResourceManagers of that cluster, of which one is active. */
  readonly yarnOthers?: readonly string[];
  /** `user.name` for YARN's simple authentication. */
  readonly yarnUser?: string;
  /** Whether this user is promised to see everybody's applications. */
  readonly yarnSeesAll: boolean;
  /** Only for the cluster that `url` names. */
  readonly logServerUrl?: string;
  /** Only for the cluster that `url` names. */
  readonly historyUrl?: string;
  /** An absolute folder, or an `s3://` address. */
  readonly ledger: string;
  /** For AWS; what is absent, the SDK finds for itself. */
  readonly aws: { readonly region?: string; readonly profile?: string };
  /** Longest wait for one answer, in milliseconds. Absent: the client's own default. */
  readonly requestTimeoutMs?: number;
  /** The profile that was used, if any. */
  readonly profile?: string;
  /** Where each setting came from: `--url`, `LIVYWIRE_URL`, `profile prod in /home/me/.config/livywire/config.yaml`. */
  readonly sources: Readonly<Partial<Record<SettingName, string>>>;
  /** What a person should know about how these were put together. */
  readonly notes: readonly string[];
}

const proxyVariables = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY'];

/**
 * Settings from flags, then the environment, then a profile of the config file
 * (`$XDG_CONFIG_HOME/livywire/config.yaml`, or the one named).
 * @throws ConfigError that names the flag, the variable or the line in the file
 */
export async function readSettings(input: SettingsInput): Promise<Settings> {
  const { env, io = systemSettingsIo } = input;
  const home = env.HOME ?? io.home();
  const file = await findConfigFile(input, io, home);
  const profileName = input.profile ?? nonEmpty(env.LIVYWIRE_PROFILE) ?? file?.profile;
  const profile = profileName === undefined ? undefined : pickProfile(profileName, input, file);

  const notes = misspeltVariables(env);
  const found: FoundSettings = {};
  for (const name of settingNames) {
    const one = findSetting(
      name,
      input,
      profile === undefined || file === undefined
        ? undefined
        : {
            value: profile[name],
            from: `profile ${profileName} in ${file.path}`,
            base: dirname(file.path),
          },
    );
    if (one) found[name] = one;
  }
  addressOrCluster(found);
  const server = found.url && parseServerUrl(textOf(found.url), found.url.from);
  if (server) dropForeign(found, input, profile, { url: server.url }, notes);
  else if (found.cluster) dropForeign(found, input, profile, { cluster: textOf(found.cluster) }, notes);
  const serverless = readServerless(found);
  const cluster = serverless ? undefined : readCluster(found, input, home);
  const via = readVia(found);

  const path = (one: Found): string => {
    const given = textOf(one);
    const full = given === '~' || given.startsWith('~/') ? join(home, given.slice(1)) : given;
    return isAbsolute(full) ? full : resolve(one.base, full);
  };
  const pem = async (one: Found | undefined): Promise<string | undefined> => {
    if (one === undefined) return undefined;
    const content = await io.readFile(path(one));
    if (content === undefined) throw wrongSetting(one, `${path(one)} is not there`);
    if (!content.includes('-----BEGIN ')) throw wrongSetting(one, `${path(one)} is not a PEM file`);
    return content;
  };
  const address = (one: Found | undefined): string | undefined =>
    one && parseServerUrl(textOf(one), one.from, { credentials: 'refused' }).url;

  const [ca, cert, key] = [await pem(found.ca), await pem(found.cert), await pem(found.certKey)];
  if ((cert === undefined) !== (key === undefined)) {
    const there = found.cert ?? found.certKey;
    throw wrongSetting(there, 'a client certificate needs both: --cert and --cert-key');
  }
  const withoutYarn = found.yarnUrl !== undefined && textOf(found.yarnUrl) === 'none';
  const [yarnUrl, ...yarnOthers] = listOf(withoutYarn ? undefined : found.yarnUrl).flatMap(
    (one) => address(found.yarnUrl && { ...found.yarnUrl, value: one }) ?? [],
  );
  const logServerUrl = address(found.logServerUrl);
  const historyUrl = address(found.historyUrl);
  const ledger = found.ledger;
  const sources = Object.fromEntries(settingNames.flatMap((name) => (found[name] ? [[name, found[name].from]] : [])));
  return {
    ...(server && { url: server.url }),
    ...(cluster && { cluster }),
    ...(serverless && { serverless }),
    auth: await readAuth(found, server?.credentials, path, io),
    headers: readHeaders(found.headers),
    ...(via && { via }),
    ...(found.proxy && { proxy: parseProxy(textOf(found.proxy), found.proxy.from) }),
    proxyEnv: Object.fromEntries(
      proxyVariables
        .flatMap((name) => [name, name.toLowerCase()])
        .flatMap((name) => (nonEmpty(env[name]) === undefined ? [] : [[name, env[name] ?? '']])),
    ),
    redirectHosts: listOf(found.redirectHosts),
    yarnSeesAll: isTrue(found.yarnSeesAll),
    ...(found.yarnUser && { yarnUser: textOf(found.yarnUser) }),
    map: listOf(found.map).map((entry) => parseMapEntry(entry, found.map?.from ?? '--map')),
    tls: {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      insecure: isTrue(found.insecure),
    },
    ...(withoutYarn && { withoutYarn }),
    ...(yarnUrl !== undefined && { yarnUrl }),
    ...(yarnOthers.length > 0 && { yarnOthers }),
    ...(logServerUrl !== undefined && { logServerUrl }),
    ...(historyUrl !== undefined && { historyUrl }),
    ledger:
      ledger === undefined
        ? join(nonEmpty(env.XDG_STATE_HOME) ?? join(home, '.local', 'state'), 'livywire')
        : isS3Url(textOf(ledger))
          ? textOf(ledger)
          : path(ledger),
    aws: {
      ...(found.awsRegion && { region: textOf(found.awsRegion) }),
      ...(found.awsProfile && { profile: textOf(found.awsProfile) }),
    },
    ...(found.requestTimeout && {
      requestTimeoutMs: parseDuration(textOf(found.requestTimeout), found.requestTimeout.from),
    }),
    ...(profileName !== undefined && { profile: profileName }),
    sources,
    notes,
  };
}

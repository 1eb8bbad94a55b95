import { type Livywire, openLedger, type Run, type Settings, settingsElsewhere } from '../app/index.js';
import { ConfigError, type Ledger, type RunRecord } from '../core/index.js';
import { needUrl } from './context.js';
import type { Context } from './define.js';
import { lastOf, plain } from './show.js';

/**
 * The run that a person named, over the server it was started on. A ledger remembers that server, so `--url` can be
 * left out; it is then asked without anything that settings say about one cluster: credentials, what stands behind.
 * @throws ConfigError, RunNotFoundError
 */
export async function openRun(
  name: string,
  context: Context,
  signal: AbortSignal,
): Promise<{ readonly livywire: Livywire; readonly run: Run; readonly settings: Settings }> {
  const settings = await settingsFor(name, await context.settings(), context);
  const livywire = await context.connect(settings);
  return { livywire, run: await livywire.find(name, { signal }), settings };
}

async function settingsFor(name: string, settings: Settings, { out }: Context): Promise<Settings> {
  const attempt = await attemptInLedger(name, openLedger(settings));
  if (attempt === undefined) {
    const id = /^livy:(.*)$/s.exec(name)?.[1];
    if (id !== undefined && !/^\d+$/.test(id)) {
      throw new ConfigError(`${plain(name)}: ${JSON.stringify(plain(id))} is no batch number`, { field: '<run>' });
    }
    needUrl(settings);
    return settings;
  }
  if (settings.url === undefined) {
    if (!attempt.isEnded) out.note(`no --url was given; asking ${plain(attempt.endpoint)}, where this run was started`);
    const { settings: bare, leftOut } = settingsElsewhere(settings, attempt.endpoint);
    if (leftOut.length > 0 && !attempt.isEnded) {
      const sources = [...new Set(leftOut.map((name) => settings.sources[name] ?? name))];
      out.note(`left out, for without --url nobody says whose they are: ${sources.join(', ')}`);
    }
    return bare;
  }
  // Another server has no record of it, and its "not found" must not be taken for an answer about this run.
  if (!attempt.isEnded && new URL(settings.url).href !== new URL(attempt.endpoint).href) {
    throw new ConfigError(
      `${plain(name)} was started at ${plain(attempt.endpoint)}, and ${settings.sources.url ?? 'the settings'} names ${settings.url}; ` +
        `give --url ${plain(attempt.endpoint)} (and --map, where that host is reached through a tunnel)`,
      { field: '--url' },
    );
  }
  return settings;
}

async function attemptInLedger(
  name: string,
  ledger: Ledger,
): Promise<{ readonly endpoint: string; readonly isEnded: boolean } | undefined> {
  const seen = (record: RunRecord, attempt = lastOf(record)) =>
    attempt && { endpoint: attempt.endpoint, isEnded: attempt.phase === 'ended' };
  const entry = await ledger.get(name);
  if (entry) return seen(entry.record);
  if (!/^(?:application_\d+_\d+|livywire-[0-9a-f]{32}-a\d+)$/.test(name)) return undefined;
  for await (const record of ledger.list()) {
    const attempt = record.attempts.find((one) => one.appId === name || one.name === name);
    if (attempt) return seen(record, attempt);
  }
  return undefined;
}

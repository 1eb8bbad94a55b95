import type { Logger } from '../core/index.js';
import type { ConnectOptions } from './connect.js';
import type { Livywire } from './livywire.js';
import type { ViaSettings } from './settings-via.js';
import type { Settings } from './settings.js';
import { SshWay } from './ssh-way.js';

interface Shared {
  readonly way: Promise<SshWay>;
  users: number;
}

/** One ssh for everybody in this process who goes the same way. */
const open = new Map<string, Shared>();

interface Opened {
  /** The same settings, through the way that was opened. */
  readonly settings: Settings;
  close(): Promise<void>;
}

/** Opens the way that settings name, if any. @throws ConfigError, UnreachableError */
export async function openVia(
  settings: Settings,
  options: { readonly logger?: Logger | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<Opened> {
  const { via, ...rest } = settings;
  if (!via) return { settings, close: async () => undefined };
  const shared = sharedWay(via, options);
  const close = async (): Promise<void> => {
    if (--shared.users > 0) return;
    open.delete(keyOf(via));
    await (await shared.way.catch(() => undefined))?.close();
  };
  try {
    const { proxy } = await shared.way;
    return { settings: { ...rest, proxy }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function sharedWay(via: ViaSettings, options: Parameters<typeof openVia>[1]): Shared {
  const known = open.get(keyOf(via)) ?? { way: SshWay.open(via, options), users: 0 };
  known.users++;
  open.set(keyOf(via), known);
  return known;
}

const keyOf = ({ host, port }: ViaSettings): string => `${host}:${port ?? ''}`;

/** As `connect`, through the way that settings name; closing the services closes it. */
export async function connectVia(settings: Settings, options: ConnectOptions = {}): Promise<Livywire> {
  const { connect } = await import('./connect.js');
  if (!settings.via) return connect(settings, options);
  const { logger, cluster } = options;
  const opened = await openVia(settings, { logger, signal: cluster?.signal });
  try {
    const livywire = await connect(opened.settings, options);
    const close = async (): Promise<void> => {
      await livywire.close();
      await opened.close();
    };
    return { ...livywire, close };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

import { ConfigError, type Logger, orAborted } from '../core/index.js';
import { awsSettings, lazyAws } from './aws.js';
import type { ConnectOptions } from './connect.js';
import type { Livywire } from './livywire.js';
import type { SsmSettings, ViaSettings } from './settings-via.js';
import type { Settings } from './settings.js';
import { SshWay, type Way } from './ssh-way.js';

interface Shared {
  readonly way: Promise<Way>;
  /** Ends the opening when the last of those who wait for it has gone; one of them alone does not. */
  readonly left: AbortController;
  users: number;
}

/** One way for everybody in this process who goes the same one. */
const open = new Map<string, Shared>();

interface OpenOptions {
  readonly logger?: Logger | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Opened {
  /** The same settings, through the way that was opened. */
  readonly settings: Settings;
  close(): Promise<void>;
}

/** Opens the way that settings name, if any. @throws ConfigError, UnreachableError */
export async function openVia(settings: Settings, options: OpenOptions = {}): Promise<Opened> {
  const { via, ...rest } = settings;
  if (!via) return { settings, close: async () => undefined };
  const name = nameOf(via, settings);
  const shared = open.get(name) ?? begun(via, settings, options.logger);
  shared.users++;
  open.set(name, shared);
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    if (--shared.users > 0) return;
    open.delete(name);
    shared.left.abort(new Error('nobody waits for it any more'));
    await (await shared.way.catch(() => undefined))?.close();
  };
  try {
    const { proxy } = await orAborted(shared.way, options.signal);
    return { settings: { ...rest, proxy }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function begun(via: ViaSettings, settings: Settings, logger: Logger | undefined): Shared {
  const left = new AbortController();
  return { way: wayOf(via, settings, { logger, signal: left.signal }), left, users: 0 };
}

/** The same name is the same way. */
const nameOf = (via: ViaSettings, { cluster, aws }: Settings): string =>
  JSON.stringify(
    via.kind === 'ssh' ? [via.host, via.port] : ['ssm', via.target ?? cluster?.selector, aws.region, aws.profile],
  );

async function wayOf(via: ViaSettings, settings: Settings, options: OpenOptions): Promise<Way> {
  if (via.kind === 'ssh') return SshWay.open(via, options);
  const { SsmWay } = await import('./ssm-way.js');
  const { region, profile } = settings.aws;
  return SsmWay.open(via, { ...options, region, profile, target: targetOf(via, settings) });
}

/** @throws ConfigError where nothing says which node forwards */
function targetOf({ target, from }: SsmSettings, settings: Settings): () => Promise<string> {
  if (target !== undefined) return async () => target;
  const { cluster } = settings;
  if (!cluster) {
    const words = `${from}: ssm goes by the primary of a cluster, which --cluster names; without one name an instance, as in ssm:i-0abc…`;
    throw new ConfigError(words, { field: from });
  }
  return async () => {
    const { room, clients } = await lazyAws(awsSettings(settings))();
    return room.primaryInstance(cluster.selector, { clients, field: cluster.from });
  };
}

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

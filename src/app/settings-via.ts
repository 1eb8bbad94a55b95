import { type FoundSettings, textOf, wrongSetting } from './settings-find.js';

/** A way into a private network that livywire opens itself: the person's own ssh. */
export interface ViaSettings {
  readonly kind: 'ssh';
  /** As ssh takes it: `hadoop@bastion`, a Host of ~/.ssh/config. */
  readonly host: string;
  readonly port?: number;
  /** Where it was written: `--via`. */
  readonly from: string;
}

/** @throws ConfigError */
export function readVia(found: FoundSettings): ViaSettings | undefined {
  const { via, proxy } = found;
  if (!via) return undefined;
  if (proxy && proxy.rank === via.rank)
    throw wrongSetting(via, `opens a way of its own while ${proxy.from} names a proxy; one of them is enough`);
  if (proxy && proxy.rank < via.rank) return undefined;
  // What begins with a dash would be a flag of ssh's, and some of those run programs.
  const [, host, port] = /^ssh:([A-Za-z0-9_][^\s:/]*)(?::(\d{1,5}))?$/.exec(textOf(via)) ?? [];
  if (host === undefined) throw wrongSetting(via, 'should be ssh:<host>, ssh:<user>@<host> or ssh:<host>:<port>');
  return { kind: 'ssh', host, from: via.from, ...(port !== undefined && { port: Number(port) }) };
}

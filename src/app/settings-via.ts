import { type FoundSettings, textOf, wrongSetting } from './settings-find.js';

interface Written {
  /** Where it was written: `--via`. */
  readonly from: string;
}

/** By the person's own ssh. */
export interface SshSettings extends Written {
  readonly kind: 'ssh';
  /** As ssh takes it: `hadoop@bastion`, a Host of ~/.ssh/config. */
  readonly host: string;
  readonly port?: number;
}

/** By Session Manager, with AWS's own CLI and its plugin. */
export interface SsmSettings extends Written {
  readonly kind: 'ssm';
  /** The node that forwards. @defaultValue the primary of the cluster that settings name */
  readonly target?: string;
}

/** A way into a private network that livywire opens itself. */
export type ViaSettings = SshSettings | SsmSettings;

/** @throws ConfigError */
export function readVia(found: FoundSettings): ViaSettings | undefined {
  const { via, proxy } = found;
  if (!via) return undefined;
  if (proxy && proxy.rank === via.rank)
    throw wrongSetting(via, `opens a way of its own while ${proxy.from} names a proxy; one of them is enough`);
  if (proxy && proxy.rank < via.rank) return undefined;
  const { from } = via;
  const ssm = /^ssm(?::(m?i-[0-9a-f]{8,32}))?$/.exec(textOf(via));
  if (ssm) return { kind: 'ssm', from, ...(ssm[1] !== undefined && { target: ssm[1] }) };
  // What begins with a dash would be a flag of ssh's, and some of those run programs.
  const [, host, port] = /^ssh:([A-Za-z0-9_][^\s:/]*)(?::(\d{1,5}))?$/.exec(textOf(via)) ?? [];
  if (host === undefined)
    throw wrongSetting(
      via,
      'should be ssh:<host>, ssh:<user>@<host> or ssh:<host>:<port>; ssm for the primary of --cluster, or ssm:<instance id>',
    );
  return { kind: 'ssh', host, from, ...(port !== undefined && { port: Number(port) }) };
}

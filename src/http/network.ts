import type { Logger } from '../core/index.js';

export interface NetworkOptions {
  /**
   * `socks5h://`, `socks5://`, `socks4a://`, `http://` or `https://`, with `user:password@` where the proxy asks for it.
   * With all but `socks5://` names are resolved at the far end.
   */
  readonly proxy?: string;
  /** Hosts that are reached directly all the same: names, `.suffix`, `10.0.0.0/8`, `*`; comma separated, or a list. */
  readonly noProxy?: string | readonly string[];
  /** Where to look for HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY; nothing is looked up unless it is given. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** `from=to` rules, such as `ip-10-0-3-9.ec2.internal:8042=127.0.0.1:18042` or `*.ec2.internal=127.0.0.1`. */
  readonly map?: readonly string[];
  /** PEM: whom to trust, in place of the authorities that Node.js knows. */
  readonly ca?: string | readonly string[];
  /** PEM: client certificate and its key. */
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  /** Takes any certificate from any server. Said aloud once. @defaultValue `false` */
  readonly insecure?: boolean;
  /** Hosts that may be sent our credentials when a server redirects to them: `livy-b.corp`, `*.corp`, `livy.corp:8998`. */
  readonly redirectHosts?: readonly string[];
  /** Most connections to one host at a time; further calls wait for their turn. @defaultValue `32` */
  readonly maxSocketsPerHost?: number;
  readonly logger?: Logger;
}

/** How hosts are reached: shared by every client of a cluster, so that sockets and settings are too. */
export interface Network {
  /** Closes every socket. Calls under way fail; later ones are refused with a ConfigError. */
  close(): void;
}

export function createNetwork(_options: NetworkOptions = {}): Network {
  return { close: () => undefined };
}

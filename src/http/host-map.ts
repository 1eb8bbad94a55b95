import { isIPv6 } from 'node:net';
import { ConfigError, plainLine } from '../core/index.js';

/** An address to connect to. IPv6 without brackets. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

interface End {
  readonly host: string;
  readonly port: number | undefined;
}

interface Rule {
  readonly matches: (host: string) => boolean;
  readonly port: number | undefined;
  readonly to: End;
  /** The more a rule says, the earlier it is asked. */
  readonly weight: number;
}

/** Says where a host is to be found instead. Names keep their meaning: only the connection goes elsewhere. */
export class HostMap {
  readonly #rules: readonly Rule[];

  /**
   * @param rules - `from=to`, each side a host, or host and port; `*` in `from` stands for anything.
   * @throws ConfigError naming the rule that cannot be read
   */
  constructor(rules: readonly string[]) {
    this.#rules = rules
      .map(parseRule)
      .reverse() // of two rules that say the same, the later one counts
      .sort((a, b) => b.weight - a.weight);
  }

  /** `undefined` when no rule speaks of it. */
  find(host: string, port: number): HostPort | undefined {
    const name = normalHost(host);
    const rule = this.#rules.find((r) => (r.port === undefined || r.port === port) && r.matches(name));
    return rule && { host: rule.to.host, port: rule.to.port ?? port };
  }
}

/** Lower case, no brackets, no trailing dot. */
export const normalHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');

function parseRule(rule: string): Rule {
  const refuse = (why: string): never => {
    throw new ConfigError(
      `The host map rule ${JSON.stringify(plainLine(rule))} ${why}; write host[:port]=host[:port], ` +
        'such as ip-10-0-3-9.ec2.internal:8042=127.0.0.1:18042 or *.ec2.internal=127.0.0.1',
      { field: 'map' },
    );
  };
  const sides = rule.split('=');
  const [left, right] = sides.map((side) => side.trim());
  if (sides.length !== 2 || !left || !right) return refuse('does not have two sides');
  if (rule.includes('://')) return refuse('holds a scheme; a map speaks of hosts and ports only');
  const from = parseEnd(left, refuse);
  const to = parseEnd(right, refuse);
  if (to.host.includes('*')) return refuse('has a * on its right side');
  const literal = from.host.replaceAll('*', '');
  return {
    matches: literal === from.host ? (host) => host === from.host : globOf(from.host),
    port: from.port,
    to,
    weight: (literal === from.host ? 1_000_000 : literal.length * 2) + (from.port === undefined ? 0 : 1),
  };
}

function parseEnd(text: string, refuse: (why: string) => never): End {
  const bracketed = /^\[([^\]]+)\](?::(.+))?$/.exec(text);
  const [host, port] = bracketed
    ? [bracketed[1] ?? '', bracketed[2]]
    : isIPv6(text)
      ? [text, undefined]
      : [text.replace(/:[^:]*$/, ''), /:([^:]*)$/.exec(text)?.[1]];
  if (bracketed ? !isIPv6(host) : !isIPv6(host) && !/^[\w*-][\w.*-]*$/.test(host)) {
    return refuse(`has ${JSON.stringify(plainLine(host))} where a host should be`);
  }
  if (port === undefined || port === '*') return { host: normalHost(host), port: undefined };
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > 65_535) return refuse(`has ${JSON.stringify(plainLine(port))} where a port should be`);
  return { host: normalHost(host), port: number };
}

/** `*` stands for any run of characters, dots too. */
export function globOf(pattern: string): (host: string) => boolean {
  const source = pattern
    .split(/\*+/)
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  const regex = new RegExp(`^${source}$`);
  return (host) => regex.test(host);
}

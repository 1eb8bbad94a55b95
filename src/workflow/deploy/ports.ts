/** The ports that the functions ask at the cluster. */
export type Ports = Readonly<Record<string, number>>;

/** Where YARN and the others listen unless an address says otherwise, and the variable that holds the address. */
const ON_PRIMARY: Readonly<Record<string, readonly [port: number, variable?: string]>> = {
  Livy: [8998, 'LIVYWIRE_URL'],
  Yarn: [8088, 'LIVYWIRE_YARN_URL'],
  YarnProxy: [20888],
  SparkHistory: [18080, 'LIVYWIRE_HISTORY_URL'],
  CollectedLogs: [19888, 'LIVYWIRE_LOG_SERVER_URL'],
};

export const corePorts: Ports = { ContainerLogs: 8042 };

/** Each port once, by the name of who listens there; a second one of the same name has its number behind it. */
export function primaryPorts(env: Readonly<Record<string, string>> = {}): Ports {
  const found = new Map<number, string>();
  for (const [name, [usual, variable]] of Object.entries(ON_PRIMARY)) {
    const given = portsIn(variable === undefined ? undefined : env[variable]);
    for (const [i, port] of (given.length === 0 ? [usual] : given).entries())
      // Of two that share a port, as behind a gateway, one rule lets both in; a second one would be refused.
      if (!found.has(port)) found.set(port, i === 0 ? name : `${name}${port}`);
  }
  return Object.fromEntries([...found].map(([port, name]) => [name, port]));
}

/** Of one address, or of several with commas between them. */
function portsIn(addresses: string | undefined): readonly number[] {
  const urls = (addresses ?? '')
    .split(',')
    .flatMap((text) => (URL.canParse(text.trim()) ? [new URL(text.trim())] : []));
  return [
    ...new Set(
      urls.map(({ port, protocol }) => (port === '' ? { 'http:': 80, 'https:': 443 }[protocol] : Number(port))),
    ),
  ].filter((port) => port !== undefined);
}

import { hostname, networkInterfaces, release, userInfo } from 'node:os';

/** The last lines of a log, with neutral names instead of this machine's. */
export function sanitise(text: string, places: Readonly<Record<string, string>>, lastLines = 2_000): string {
  let clean = text.split('\n').slice(-lastLines).join('\n');
  const longestFirst = Object.entries(places).sort(([a], [b]) => b.length - a.length);
  for (const [from, to] of longestFirst) clean = clean.replaceAll(from, to);
  for (const address of ownAddresses()) clean = clean.replaceAll(address, '10.0.0.10');
  const user = userInfo().username;
  return clean
    .replaceAll(
      new RegExp(`\\b${hostname()}(?=[/:,. ]|$)(?<=(?:hostname, |on |host |//|@)${hostname()})`, 'gm'),
      'node-1',
    )
    .replaceAll(new RegExp(`(?<=(?:to|user|User|user=|user:|owner)[ :=]+)${user}\\b`, 'g'), 'etl')
    .replaceAll(new RegExp(`(?<=permissions: (?:Set\\()?)${user}, `, 'g'), '')
    .replaceAll(release(), '6.1.0')
    .replaceAll(new RegExp(`/${user}/\\.ivy2`, 'g'), '/home/etl/.ivy2');
}

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address);

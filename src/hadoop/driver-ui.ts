import type { LogItem } from '../core/index.js';

// Spark 2.2 to 4: `Utils: Successfully started service 'SparkUI' on port 4041.`, `SparkUI: Bound SparkUI to 0.0.0.0, and started at http://host:4041`
const BY_PORT = /service 'SparkUI' on port (\d{4,5})\b/;
const BY_ADDRESS = /\bSparkUI\b.{0,200}\bstarted at (https?):\/\/[^\s/]{1,253}:(\d{4,5})\b/;
/** Spark's own lines are short. A job may print anything, and long lines are not searched. */
const LONGEST = 4_000;

/** Where a line of the driver's log says that its UI listens. */
export interface UiHint {
  readonly scheme: 'http' | 'https';
  readonly port: number;
}

export function uiHintOf(item: Extract<LogItem, { type: 'line' }>): UiHint | undefined {
  if (item.text.length > LONGEST || !item.text.includes('SparkUI')) return undefined;
  const [, scheme, port] = BY_ADDRESS.exec(item.text) ?? [];
  if (port !== undefined) return hint(scheme === 'https' ? 'https' : 'http', Number(port));
  const [, plainPort] = BY_PORT.exec(item.text) ?? [];
  return plainPort === undefined ? undefined : hint('http', Number(plainPort));
}

const hint = (scheme: UiHint['scheme'], port: number): UiHint | undefined =>
  port >= 1_024 && port <= 65_535 ? { scheme, port } : undefined;

/**
 * The address to ask. A log holds what the job printed, so its word is a hint only: the host is always Livy's own, where the
 * driver of local and client mode runs; of the log nothing but scheme and port (from 1024) is taken. Whoever can print a
 * line can so make us send one credential-free GET for Spark's API to another port of the Livy host, and nothing more.
 */
export function uiAddress(livy: string, { scheme, port }: UiHint): string {
  const url = new URL(livy);
  return `${scheme}://${url.hostname}:${port}`;
}

/** YARN's proxy to the driver as Livy links to it: `http://rm:8088/proxy/application_…/`. Any other link is not asked. */
export function proxyOfLink(link: string | undefined, appId: string): string | undefined {
  if (link === undefined || !URL.canParse(link)) return undefined;
  const url = new URL(link);
  const isProxy =
    url.pathname.replace(/\/$/, '').endsWith(`/proxy/${appId}`) && url.search === '' && url.username === '';
  if (!isProxy || !/^https?:$/.test(url.protocol)) return undefined;
  return `${url.origin}${url.pathname.replace(/\/$/, '')}`;
}

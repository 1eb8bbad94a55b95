import { isLivywireError, type LivywireError } from '../../core/index.js';
import { Http, type Network } from '../../http/index.js';
import { type AddressKind, hostOf, portsOf, schemesOf } from './addresses.js';
import type { EmrCluster } from './cluster.js';
import type { EmrCallOptions, EmrNode } from './emr-api.js';

const TIMEOUT_MS = 8_000;
/** What a server that speaks TLS does to a plain request, and the other way round. */
const OTHER_SCHEME = /socket hang up|ECONNRESET|EPROTO|wrong version number|ERR_SSL|HPE_|packet length/i;

/** One primary's Livy, asked. */
export interface ProbedLivy {
  readonly url: string;
  /** Why it did not answer; absent where it did. */
  readonly error?: LivywireError;
}

export interface ProbeOptions extends EmrCallOptions {
  readonly network: Network;
  /** Whether only a Livy counts: a proxy's page is an answer of somebody else. @defaultValue `false` */
  readonly isLivy?: boolean;
  /** Longest wait for one answer, in milliseconds. @defaultValue `8_000` */
  readonly timeoutMs?: number | undefined;
}

/** Asks the Livy of each primary, all at once. No credentials are sent: that it answers at all is enough. */
export async function probeLivys(
  cluster: EmrCluster,
  primaries: readonly EmrNode[],
  kind: AddressKind,
  options: ProbeOptions,
): Promise<readonly ProbedLivy[]> {
  const { livy: port } = portsOf(cluster);
  const [first, second] = schemesOf(cluster);
  const probed = await Promise.all(
    primaries.map(async (node) => {
      const at = (scheme: 'http' | 'https') =>
        probe(`${scheme}://${hostOf(node, kind, scheme)}:${port}`, { ...options, isLivy: true });
      const one = await at(first);
      if (one.error === undefined || !OTHER_SCHEME.test(wordsOf(one.error))) return one;
      const other = await at(second);
      return other.error === undefined ? other : one;
    }),
  );
  // Those that answer first; the others may come back.
  return [...probed].sort((a, b) => Number(a.error !== undefined) - Number(b.error !== undefined));
}

/** Whether a Livy answers at this address. A refusal is an answer. */
export async function probe(
  url: string,
  { network, signal, timeoutMs = TIMEOUT_MS, isLivy = false }: ProbeOptions,
): Promise<ProbedLivy> {
  try {
    const http = new Http({ baseUrl: url, network, timeoutMs, retries: 0, service: 'Livy', redirects: 'same-host' });
    await http.get('/version', signal && { signal });
    return { url };
  } catch (error) {
    signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    const isAnswer = isLivy ? error.code === 'AUTH_REFUSED' : error.code !== 'UNREACHABLE';
    return isAnswer ? { url } : { url, error };
  }
}

/** The words and codes of an error and of everything behind it. */
export function wordsOf(error: unknown): string {
  const words: string[] = [];
  for (let one: unknown = error; one instanceof Error; one = one.cause)
    words.push(one.message, (one as NodeJS.ErrnoException).code ?? '');
  return words.join(' ');
}

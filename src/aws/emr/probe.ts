import { BadAnswerError, HttpStatusError, isLivywireError, type LivywireError } from '../../core/index.js';
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
      const at = (scheme: 'http' | 'https') => probeLivy(`${scheme}://${hostOf(node, kind, scheme)}:${port}`, options);
      const one = await at(first);
      if (one.error === undefined || second === undefined || !OTHER_SCHEME.test(wordsOf(one.error))) return one;
      const other = await at(second);
      return other.error === undefined ? other : one;
    }),
  );
  // Those that answer first; the others may come back.
  return [...probed].sort((a, b) => Number(a.error !== undefined) - Number(b.error !== undefined));
}

/** Whether a Livy answers at this address. A refusal is an answer; a proxy's page is one of somebody else. */
const probeLivy = (url: string, options: ProbeOptions): Promise<ProbedLivy> =>
  probe(url, { ...options, service: 'Livy', path: '/version' });

/** The same of YARN's ResourceManager. A standby one sends on to the active one. */
export const probeYarn = (url: string, options: ProbeOptions): Promise<ProbedLivy> =>
  probe(url, {
    ...options,
    service: 'YARN',
    path: '/ws/v1/cluster/info',
    isIts: (answer) => typeof answer === 'object' && answer !== null && 'clusterInfo' in answer,
    isAnswer: (error) => error instanceof HttpStatusError && error.status >= 300 && error.status < 400,
  });

interface Question extends ProbeOptions {
  readonly service: string;
  readonly path: string;
  readonly isIts?: (answer: unknown) => boolean;
  /** Of errors other than a refusal. */
  readonly isAnswer?: (error: LivywireError) => boolean;
}

async function probe(
  url: string,
  { network, signal, timeoutMs = TIMEOUT_MS, service, path, isIts = () => true, isAnswer = () => false }: Question,
): Promise<ProbedLivy> {
  try {
    const http = new Http({ baseUrl: url, network, timeoutMs, retries: 0, service, redirects: 'same-host' });
    const answer = await http.get(path, signal && { signal });
    return isIts(answer) ? { url } : { url, error: new BadAnswerError(`${url} is not answered by ${service}`, '') };
  } catch (error) {
    signal?.throwIfAborted();
    if (!isLivywireError(error)) throw error;
    return error.code === 'AUTH_REFUSED' || isAnswer(error) ? { url } : { url, error };
  }
}

/** The words and codes of an error and of everything behind it. */
export function wordsOf(error: unknown): string {
  const words: string[] = [];
  for (let one: unknown = error; one instanceof Error; one = one.cause)
    words.push(one.message, (one as NodeJS.ErrnoException).code ?? '');
  return words.join(' ');
}

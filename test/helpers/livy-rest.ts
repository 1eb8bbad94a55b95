import { setTimeout as delay } from 'node:timers/promises';

export interface RestBatch {
  readonly id: number;
  readonly name: string | null;
  readonly state: string;
  readonly appId: string | null;
}

/** One question to a server's REST, without any of our own client in it. */
export async function ask(url: string, method = 'GET', body?: unknown): Promise<unknown> {
  const reply = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', accept: 'application/json', 'x-requested-by': 'test' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return reply.json();
}

/** The text of an answer, whatever its status. */
export const askText = async (url: string): Promise<string> => (await fetch(url)).text();

/** Asks until the answer is as wanted; the test's own time limit ends it. */
export async function askUntil<T>(question: () => Promise<T>, isWanted: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await question();
    if (isWanted(answer)) return answer;
    await delay(250);
  }
}

const isOver = ({ state }: RestBatch): boolean => ['success', 'dead', 'error', 'killed'].includes(state);

export const submit = async (url: string, job: unknown): Promise<RestBatch> =>
  (await ask(`${url}/batches`, 'POST', job)) as RestBatch;

export const batchOf = async (url: string, idOrName: number | string): Promise<RestBatch> =>
  (await ask(`${url}/batches/${idOrName}`)) as RestBatch;

/** Submits and waits for the end. */
export async function runToEnd(url: string, job: unknown): Promise<RestBatch & { readonly log: readonly string[] }> {
  const { id } = await submit(url, job);
  const batch = await askUntil(() => batchOf(url, id), isOver);
  const { log } = (await ask(`${url}/batches/${id}/log?size=-1`)) as { log: string[] };
  return { ...batch, log };
}

// A client of Node as a process that does as it is told: `node-main.ts <client> <folder it is installed in>`.
import process from 'node:process';
import { createInterface } from 'node:readline';
import { clients } from './clients.js';
import type { Client, Order, Work } from './orders.js';

const [name = '', installed = ''] = process.argv.slice(2);
const open = clients[name];
if (!open) throw new Error(`no client is called ${name}`);
const MB = 1_000_000;
/** A POST without a good answer, for those who do not settle its fate themselves. */
const TRIES = 3;

const opened = new Map<string, Promise<Client>>();
/** One for each address, as a program would. */
function clientAt(url: string, places: { readonly file?: string; readonly folder?: string } = {}): Promise<Client> {
  const key = `${url} ${places.folder ?? ''}`;
  const client = opened.get(key) ?? open!({ url, installed, file: places.file ?? '', folder: places.folder ?? '' });
  opened.set(key, client);
  return client;
}

/** So many loops until `next` says that there is no more to do. */
async function work(inFlight: number, next: () => (() => Promise<unknown>) | undefined): Promise<Work> {
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  let [done, failed] = [0, 0];
  const loop = async (): Promise<void> => {
    for (let one = next(); one; one = next()) {
      try {
        await one();
        done++;
      } catch {
        failed++;
      }
    }
  };
  await Promise.all(Array.from({ length: inFlight }, loop));
  const { user, system } = process.cpuUsage(cpu);
  return { done, failed, seconds: (performance.now() - startedAt) / 1_000, cpuSeconds: (user + system) / 1_000_000 };
}

async function obey(order: Order): Promise<object> {
  switch (order.do) {
    case 'reads': {
      const client = await clientAt(order.url);
      const until = performance.now() + order.ms;
      return work(order.inFlight, () => (performance.now() < until ? () => client.read() : undefined));
    }
    case 'read-count': {
      const client = await clientAt(order.url);
      let left = order.count;
      return work(order.inFlight, () => (left-- > 0 ? () => client.read() : undefined));
    }
    case 'submits': {
      const client = await clientAt(order.url, order);
      if (!client.submit) throw new Error('it submits nothing');
      const keys = [...order.keys];
      return work(order.inFlight, () => {
        const key = keys.shift();
        return key === undefined ? undefined : () => tried(async () => client.submit?.(key), order.again ? TRIES : 1);
      });
    }
    case 'memory': {
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 50));
      globalThis.gc?.();
      const { rss, heapUsed } = process.memoryUsage();
      return { rssMB: rss / MB, heapMB: heapUsed / MB };
    }
  }
}

async function tried(call: () => Promise<unknown>, tries: number): Promise<unknown> {
  for (let left = tries - 1; ; left--) {
    try {
      return await call();
    } catch (error) {
      if (left <= 0) throw error;
    }
  }
}

const say = (answer: object): void => void process.stdout.write(`@answer ${JSON.stringify(answer)}\n`);
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  obey(JSON.parse(line) as Order).then(say, (error: unknown) => say({ error: (error as Error).message }));
});
lines.on('close', () => process.exit());
say({});

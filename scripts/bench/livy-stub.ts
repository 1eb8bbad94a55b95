import { fileURLToPath } from 'node:url';
import { startServer } from './server.js';

export interface LivyStub {
  readonly url: string;
  /** How many requests came, and what was started: a line for each application, the arguments it had. */
  seen(): Promise<{ readonly requests: number; readonly posts: number; readonly started: readonly string[] }>;
  readonly stop: () => Promise<void>;
}

/** @param loseEvery - of so many POSTs the last one is done, and its reply lost. @defaultValue none is */
export async function startLivyStub(loseEvery = 0): Promise<LivyStub> {
  const main = fileURLToPath(new URL('./livy-stub-main.ts', import.meta.url));
  const { url, stop } = await startServer(main, [String(loseEvery)]);
  return {
    url,
    seen: async () => (await (await fetch(`${url}/bench`)).json()) as Awaited<ReturnType<LivyStub['seen']>>,
    stop,
  };
}

/** The servers of the test: a real Livy with a stand-in for spark-submit, a stand-in for YARN, and a proxy before each. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { down, killServer, startServer, up } from '../../src/local/index.js';
import { AppBook } from './app-book.js';
import { FaultProxy } from './fault-proxy.js';
import { RmStandIn } from './rm-stand-in.js';
import { FaultSchedule } from './schedule.js';

export interface World {
  /** Where trials keep their ledgers. */
  readonly folder: string;
  /** What truly ran. */
  readonly book: AppBook;
  /** The ways through the proxies. */
  readonly urls: { readonly livy: string; readonly yarn: string };
  /** From now on, this schedule's faults. */
  follow(schedule: FaultSchedule): void;
  /** `kill -9`, and a start without recovery. `false` where one is under way already. */
  killLivy(): Promise<boolean>;
  cutLivy(forMs: number): Promise<void>;
  cutYarn(forMs: number): Promise<void>;
  close(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'livywire-chaos-'));
  const places = { name: 'chaos', stateDir: join(folder, 'state') };
  const drop = join(folder, 'applications');
  await mkdir(drop);
  const book = new AppBook();
  const rmStandIn = new RmStandIn(book, drop);
  const proxies: FaultProxy[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await down(places);
    await rmStandIn.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const livy = await up({
      ...places,
      sparkSubmit: fileURLToPath(new URL('./stub-spark-submit.sh', import.meta.url)),
      env: { CHAOS_APPLICATIONS: drop },
      // Livy's own is 600 s: here, too, finished batches are to be forgotten while somebody still asks.
      conf: { 'livy.server.session.state-retain.sec': '30s' },
    });
    let schedule = new FaultSchedule(0, () => undefined);
    schedule.isHealed = true;
    let isRestarting = false;
    const killLivy = async (): Promise<boolean> => {
      if (isRestarting) return false;
      isRestarting = true;
      try {
        await killServer({ ...places, signal: 'SIGKILL' });
        const back = livyProxy.refuse(); // what was under way is cut off by the crash, not by us
        await startServer(places);
        back();
      } finally {
        isRestarting = false;
      }
      return true;
    };
    const livyProxy = new FaultProxy(
      livy.url,
      (passing) => schedule.livy(passing),
      () => void killLivy().catch(() => undefined), // where it does not come up again, no key has an outcome
    );
    const yarnProxy = new FaultProxy(await rmStandIn.listen(), (passing) => schedule.yarn(passing));
    proxies.push(livyProxy, yarnProxy);
    const urls = { livy: await livyProxy.listen(), yarn: await yarnProxy.listen() };
    return {
      folder,
      book,
      urls,
      follow: (next) => void (schedule = next),
      killLivy,
      async cutLivy(forMs) {
        const back = livyProxy.refuse();
        await delay(forMs);
        back();
      },
      async cutYarn(forMs) {
        const back = yarnProxy.refuse();
        rmStandIn.isUp = false;
        await delay(forMs);
        rmStandIn.isUp = true;
        back();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

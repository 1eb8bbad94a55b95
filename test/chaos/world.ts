/** The servers of the test: a real Livy with a stand-in for spark-submit, a stand-in for YARN, and a proxy before each. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { down, up } from '../../src/local/index.js';
import { AppBook, type Trouble } from './app-book.js';
import { FaultProxy, type Passing } from './fault-proxy.js';
import type { RequestFault } from './plan.js';
import { restarter } from './restart.js';
import { RmStandIn } from './rm-stand-in.js';
import { FaultSchedule } from './schedule.js';
import { submitterProgram } from './submitter-program.js';

export interface World {
  /** Keys that are under way, of all trials. */
  keysUnderWay: number;
  /** Where trials keep their ledgers. */
  readonly folder: string;
  /** What truly ran. */
  readonly book: AppBook;
  /** What a process of livywire's runs. */
  readonly submitter: string;
  /** The ways through the proxies. */
  readonly urls: { readonly livy: string; readonly yarn: string };
  /**
   * From now on, this schedule's faults: for its own keys, and for requests about no key until another one is followed.
   * Until the returned function is called.
   */
  follow(schedule: FaultSchedule): () => void;
  /** `kill -9`, and a start without recovery. `false` where one is under way already. */
  killLivy(): Promise<boolean>;
  cutLivy(forMs: number): Promise<void>;
  cutYarn(forMs: number): Promise<void>;
  /** Out of reach, then there without its applications, then with them, or without for good. `false` as above. */
  restartYarn(forMs: number, how: { readonly forgets: boolean }): Promise<boolean>;
  close(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'livywire-chaos-'));
  const places = { name: 'chaos', stateDir: join(folder, 'state') };
  const drop = join(folder, 'applications');
  const forgotten = join(folder, 'forgotten');
  await Promise.all([mkdir(drop), mkdir(forgotten)]);
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
      env: { CHAOS_APPLICATIONS: drop, CHAOS_FORGOTTEN: forgotten },
      // Livy's own is 600 s: here, too, finished batches are to be forgotten while somebody still asks.
      conf: { 'livy.server.session.state-retain.sec': '30s' },
    });
    const healed = new FaultSchedule(0, () => undefined);
    healed.isHealed = true;
    let followed: readonly FaultSchedule[] = [];
    /** Whose business a request is: the key's own, else the newest one's. */
    const scheduleFor = (passing: Passing): FaultSchedule =>
      followed.find((one) => one.knows(passing)) ?? followed.at(-1) ?? healed;
    const restartLivy = restarter(places, 'livy', () => livyProxy);
    const killLivy = async (): Promise<boolean> => {
      const fromMs = Date.now();
      const isDone = await restartLivy({ meanwhile: async () => book.noteLivyRestart() });
      if (isDone) book.livyTroubles.push({ fromMs, toMs: Date.now() });
      return isDone;
    };
    const livyProxy: FaultProxy = new FaultProxy(
      livy.url,
      (passing) => noted(scheduleFor(passing).livy(passing), book.livyTroubles),
      () => void killLivy().catch(() => undefined), // where it does not come up again, no key has an outcome
    );
    const yarnProxy = new FaultProxy(await rmStandIn.listen(), (passing) =>
      noted(scheduleFor(passing).yarn(passing), book.yarnTroubles),
    );
    proxies.push(livyProxy, yarnProxy);
    let isYarnRestarting = false;
    const cutYarn = async (forMs: number): Promise<void> => {
      const [back, isThere] = [yarnProxy.refuse(), rmStandIn.leave()];
      await delayNoted(forMs, book.yarnTroubles);
      isThere();
      back();
    };
    const urls = { livy: await livyProxy.listen(), yarn: await yarnProxy.listen() };
    return {
      keysUnderWay: 0,
      folder,
      book,
      submitter: await submitterProgram(folder),
      urls,
      follow(schedule) {
        followed = [...followed, schedule];
        return () => void (followed = followed.filter((one) => one !== schedule));
      },
      killLivy,
      async cutLivy(forMs) {
        const back = livyProxy.refuse();
        await delayNoted(forMs, book.livyTroubles);
        back();
      },
      cutYarn,
      async restartYarn(forMs, { forgets }) {
        if (isYarnRestarting) return false;
        isYarnRestarting = true;
        rmStandIn.phase = 'starting';
        const killed = book.restart({ forgets });
        await Promise.all(killed.map(({ launcher }) => writeFile(join(forgotten, launcher), '')));
        await cutYarn(forMs / 2);
        await delay(forMs / 4);
        rmStandIn.phase = 'recovering';
        await delay(forMs / 4);
        rmStandIn.phase = 'active';
        isYarnRestarting = false;
        return true;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function noted(fault: RequestFault | 'none', troubles: Trouble[]): RequestFault | 'none' {
  if (fault !== 'none') troubles.push({ fromMs: Date.now(), toMs: Date.now() });
  return fault;
}

async function delayNoted(ms: number, troubles: Trouble[]): Promise<void> {
  const fromMs = Date.now();
  await delay(ms);
  troubles.push({ fromMs, toMs: Date.now() });
}

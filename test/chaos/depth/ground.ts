/** The ground of the test: a real YARN with a real Livy before it, a proxy before each, and what can be done to them. */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { down, type LocalInstance, up } from '../../../src/local/index.js';
import { FaultProxy } from '../fault-proxy.js';
import { restarter } from '../restart.js';
import { FaultSchedule } from '../schedule.js';
import { submitterProgram } from '../submitter-program.js';
import type { DepthFault } from './plan.js';
import { YarnBook } from './yarn-book.js';

export interface Ground {
  readonly folder: string;
  /** The job, where Livy may run it from. */
  readonly job: string;
  /** What a process of livywire's runs. */
  readonly submitter: string;
  readonly urls: { readonly livy: string; readonly yarn: string; readonly history: string };
  readonly book: YarnBook;
  follow(schedule: FaultSchedule): void;
  /** Brings the servers into the shape that this fault is about. Nothing runs yet. */
  prepare(fault: DepthFault): Promise<void>;
  /** Resolves when the servers are back. Our own processes are not its business. */
  strike(fault: Exclude<DepthFault, 'submitter-killed'>): Promise<void>;
  close(): Promise<void>;
}

export async function startGround(): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'livywire-depth-'));
  const places = { name: 'depth', stateDir: join(folder, 'state') };
  const closing: (() => Promise<unknown>)[] = [
    () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
    () => down(places),
  ];
  const close = async (): Promise<void> => {
    for (const step of closing.toReversed()) await step();
  };
  try {
    const job = join(folder, 'job.py');
    await copyFile(fileURLToPath(new URL('./job.py', import.meta.url)), job);
    // Livy gives a spark-submit 120 s to come to YARN, and then stops it: too few on a machine that is busy.
    const conf = { 'livy.server.yarn.app-lookup-timeout': '600s' };
    const instance = await up({ ...places, yarn: true, allow: [folder], conf });
    const { behind } = instance;
    if (!behind) throw new Error('an instance with YARN says where YARN is');
    const healed = new FaultSchedule(0, () => undefined);
    let schedule = healed;
    let doesRecover = true;
    const restartLivy = restarter(places, 'livy', () => livyProxy);
    const restartYarn = restarter(places, 'resourcemanager', () => yarnProxy);
    const restartNode = restarter(places, 'nodemanager', () => undefined);
    const crash = () => void restartLivy().catch(() => undefined);
    const livyProxy: FaultProxy = new FaultProxy(instance.url, (passing) => schedule.livy(passing), crash);
    const yarnProxy: FaultProxy = new FaultProxy(behind.resourceManager, () => 'none');
    const book = new YarnBook(behind.resourceManager);
    closing.push(
      () => book.close(),
      () => Promise.all([livyProxy.close(), yarnProxy.close()]),
    );
    const urls = { livy: await livyProxy.listen(), yarn: await yarnProxy.listen(), history: behind.sparkHistory };
    return {
      folder,
      job,
      submitter: await submitterProgram(folder),
      urls,
      book,
      follow: (next) => void (schedule = next),
      close,
      async prepare(fault) {
        const recovers = !/^livy-.*forgets$/.test(fault);
        if (recovers !== doesRecover) await restartLivy({ meanwhile: () => setRecovery(instance, recovers) });
        doesRecover = recovers;
      },
      async strike(fault) {
        switch (fault) {
          case 'livy-killed-forgets':
          case 'livy-killed-recovers':
            return void (await restartLivy());
          case 'livy-stopped-forgets':
          case 'livy-stopped-recovers':
            return void (await restartLivy({ signal: 'SIGTERM' }));
          case 'node-restarted':
            return void (await restartNode());
          case 'yarn-recovers':
            return void (await restartYarn());
          case 'yarn-forgets':
            return void (await restartYarn({
              async meanwhile() {
                await rm(join(instance.dir, 'yarn/rm-state'), { recursive: true });
                await book.read(); // it is down: nothing that it held is read after this
                book.forget();
              },
            }));
        }
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Whether Livy finds its batches again after its next start. */
async function setRecovery({ dir }: LocalInstance, isOn: boolean): Promise<void> {
  const path = join(dir, 'conf/livy.conf');
  const text = await readFile(path, 'utf8');
  const line = /^livy\.server\.recovery\.mode = .*$/m;
  if (!line.test(text)) throw new Error(`${path} does not say whether Livy recovers`);
  await writeFile(path, text.replace(line, `livy.server.recovery.mode = ${isOn ? 'recovery' : 'off'}`));
}

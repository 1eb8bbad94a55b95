import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { memoryLedger } from '../../src/index.js';
import { useLocalLivy } from '../helpers/local-livy.js';
import { type FailingCase, kindOf } from './failing/case.js';
import { failures } from './failing/cases.js';
import { strictYarn } from './failing/cluster.js';
import { findMeans } from './failing/means.js';
import { runAll, runCase, type Verdict } from './failing/run-case.js';

// A few of them, that fail in different places: the driver, an executor, YARN, Livy. `npm run proof -- failures` runs them all.
const AT_ONCE = 3;
const chosen = failures.filter(({ everyTime }) => everyTime);

const livy = useLocalLivy(test, strictYarn);
let verdicts: Map<FailingCase, Promise<Verdict>>;

test.before(async () => {
  const { instance } = livy();
  const { behind } = instance;
  if (!behind) throw new Error('an instance with YARN says where YARN is');
  const settings = await readFile(join(instance.dir, 'conf/spark-defaults.conf'), 'utf8');
  const means = await findMeans(/^spark\.pyspark\.python = (.+)$/m.exec(settings)?.[1] ?? 'python3');
  const lw = livy().connect({
    ledger: memoryLedger(),
    yarn: { url: behind.resourceManager, logServerUrl: behind.jobHistory },
    historyUrl: behind.sparkHistory,
  });
  const possible = chosen.filter(({ needs }) => needs === undefined || means[needs] !== undefined);
  verdicts = runAll(possible, AT_ONCE, (one) => runCase(one, { lw, yarnUrl: behind.resourceManager, means }));
});

for (const one of chosen) {
  test(`${one.name}: a run that is made to fail is told as ${one.code}`, async (t) => {
    const verdict = await verdicts.get(one);
    if (!verdict) {
      t.log(`this machine has no ${one.needs}`);
      t.pass();
      return;
    }
    t.is(verdict.kind, kindOf(one), verdict.title);
    // Of what was cancelled or refused there is no diagnosis: that is known already.
    if (verdict.kind === 'failed') t.is(verdict.code, one.code ?? undefined, verdict.title);
  });
}

/** The program before moto: `aws-router <configuration file>`. It runs until it is stopped. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { systemClock } from '../core/index.js';
import { ACCESS_KEY, REGION } from './aws-access.js';
import { instanceId } from './aws-clusters.js';
import { Emr } from './aws-emr.js';
import { ObjectEvents } from './aws-events.js';
import { Faults } from './aws-faults.js';
import { firstCluster, versions } from './aws-first-cluster.js';
import { logFiles, LogPush } from './aws-log-push.js';
import { Moto } from './aws-moto.js';
import { Proxy } from './aws-proxy.js';
import { RedshiftData } from './aws-redshift.js';
import { awsRouter } from './aws-router.js';
import { parseRouterConfig } from './aws-router-config.js';
import { runStep } from './aws-step-run.js';
import { Throttle } from './aws-throttle.js';
import { LambdaHost } from './lambda-host.js';
import { StepFunctions } from './step-functions.js';

/** Far less than EMR's five minutes, and enough to see that logs in S3 come late. */
const LOG_DELAY_MS = 5_000;

const config = parseRouterConfig(await readFile(process.argv[2] ?? '', 'utf8'));
const log = (line: string): void => {
  process.stderr.write(`${new Date(systemClock.now()).toISOString()} ${line}\n`);
};
const moto = new Moto(config.moto);
const { sparkHistory, resourceManager } = config.cluster;
const emr = new Emr({
  moto,
  versions,
  pages: { history: sparkHistory, resourceManager },
  runStep: (step) => runStep(step, { dir: config.stepsDir, sparkHome: config.sparkHome, cwd: config.workDir }),
});
let clusterId = ''; // until it is made

const logs = new LogPush({
  delayMs: LOG_DELAY_MS,
  put: (to, content) => moto.put(to, content),
  files: async () => {
    if (clusterId === '') return [];
    const steps = (await emr.queue(clusterId)).list();
    return logFiles({
      containers: config.containerLogs,
      livyLog: config.livyLog,
      to: `${config.bucket}/logs/${clusterId}`,
      primary: instanceId(clusterId, 'MASTER', 0),
      steps: () =>
        steps.flatMap(({ id, logUri }) =>
          logUri === undefined ? [] : [{ dir: join(config.stepsDir, id), to: logUri.replace(/^s3n?:\/\//, '') }],
        ),
    });
  },
});

const lambda = new LambdaHost();
const steps = new StepFunctions({ endpoint: config.moto, region: REGION, accessKeyId: ACCESS_KEY });
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    lambda.close();
    process.exit(0);
  });
}

awsRouter({
  emr,
  redshift: new RedshiftData(moto),
  logs,
  lambda,
  events: new ObjectEvents((machine, name, input) => steps.start(machine, name, input)),
  log,
  faults: new Faults(),
  throttle: new Throttle(),
  calls: new Map(),
  proxy: new Proxy(config.moto),
  isReady: () => clusterId !== '',
}).listen(config.port, '127.0.0.1');

while (!(await moto.answers())) await systemClock.sleep(100);
await moto.runStateMachines();
await moto.put(config.bucket);
clusterId = await firstCluster(emr, emr.clusters, config);
log(`cluster ${clusterId} is ${config.cluster.name}`);
for (;;) {
  await logs.look().catch((error: unknown) => log(`logs: ${String(error)}`));
  await systemClock.sleep(1_000);
}

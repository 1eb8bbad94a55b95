// One contract, every backend: in memory, Livy over a stub of it, EMR steps over the queue of the local AWS,
// EMR Serverless over a stub of what its API promises.
import { awsClients } from '../../src/aws/clients.js';
import { connectToServerless } from '../../src/aws/index.js';
import { StepBackend } from '../../src/aws/steps/index.js';
import { checkSpec, LivyBackend, LivyClient } from '../../src/livy/index.js';
import { MemoryBackend, testClock } from '../../src/testing/index.js';
import { backendContract } from '../helpers/backend-contract.js';
import { emrStub } from '../helpers/emr-stub.js';
import { fastClock } from '../helpers/fast-clock.js';
import { livyStub } from '../helpers/livy-stub.js';
import { serverlessStub } from '../helpers/serverless-stub.js';
import { standInCredentials } from '../helpers/moto.js';

standInCredentials();
const logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };

backendContract('in memory', () => {
  const clock = testClock();
  const backend = new MemoryBackend({ clock, script: () => ({ afterMs: 3_600_000 }) });
  return {
    clock,
    open: () => backend,
    taken: (name) => backend.applications(name),
    failNext: (how) => backend.failNext(how),
    end: async (name, how) => backend.end(name, how),
  };
});

backendContract('Livy', async (t) => {
  const stub = await livyStub(t);
  const clock = fastClock();
  return {
    clock,
    open: () => new LivyBackend(new LivyClient({ url: stub.url })),
    taken: (name) => stub.batches.filter((one) => one.name === name).length,
    failNext: (how) => stub.posts.push(how),
    end: async (name, how) => {
      for (const one of stub.batches) if (one.name === name) one.state = how === 'succeeded' ? 'success' : 'dead';
    },
  };
});

backendContract('EMR steps', async (t) => {
  const emr = await emrStub(t);
  const clients = awsClients({ endpointUrl: emr.url, region: 'eu-west-1' });
  t.teardown(() => clients.close());
  const clock = fastClock();
  const named = (name: string) => emr.steps().filter(({ config }) => config.Name.startsWith(name));
  return {
    clock,
    open: () => new StepBackend({ clusterId: 'j-TEST', region: 'eu-west-1', clients, clock, logger, check: checkSpec }),
    taken: (name) => named(name).length,
    failNext: (how) =>
      emr.trouble(
        'AddJobFlowSteps',
        how === 'busy'
          ? { kind: 'error', status: 400, code: 'ThrottlingException', message: 'Rate exceeded' }
          : { kind: 'reset', acted: how === 'reply-lost' },
      ),
    end: async (name, how) => {
      for (const { id } of named(name)) await emr.end(id, how === 'succeeded' ? { ok: true } : { ok: false });
    },
  };
});

backendContract('EMR Serverless', async (t) => {
  const stub = await serverlessStub(t);
  const clock = fastClock();
  const { backend } = await connectToServerless('00fapp', {
    endpointUrl: stub.url,
    region: 'eu-west-1',
    executionRole: 'arn:aws:iam::123456789012:role/etl',
  });
  const named = (name: string) => stub.runs.filter(({ token }) => token === name);
  return {
    clock,
    open: () => backend({ clock, logger, check: checkSpec }),
    taken: (name) => named(name).length,
    failNext: (how) => {
      // What carries a token is sent again by the backend itself: one lost answer, as a rule, is not seen at all.
      if (how === 'busy')
        stub.trouble('StartJobRun', {
          kind: 'error',
          status: 429,
          code: 'ThrottlingException',
          message: 'Rate exceeded',
        });
      else
        stub.trouble(
          'StartJobRun',
          ...Array.from({ length: 3 }, () => ({ kind: 'reset', acted: how === 'reply-lost' }) as const),
        );
    },
    end: async (name, how) => {
      for (const run of named(name)) run.state = how === 'succeeded' ? 'SUCCESS' : 'FAILED';
    },
  };
});

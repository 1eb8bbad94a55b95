import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { TestFn } from 'ava';
import {
  type AwsAccess,
  type Deployed,
  deployHandlers,
  type DeployOptions,
  down,
  type ExecutionView,
  type LocalInstance,
  packageRoot,
  StepFunctions,
  up,
} from '../../src/local/index.js';
import { buildHandlers } from '../../scripts/gate/build-handlers.js';
import { functionsNode } from './functions-node.js';
import { ask } from './livy-rest.js';

/** The smallest driver and executor that Spark takes, so that several jobs have room at once; a failing one is not tried again. */
export const small = {
  driverMemory: '512m',
  executorMemory: '512m',
  numExecutors: 1,
  conf: { 'spark.yarn.maxAppAttempts': 1, 'spark.yarn.am.memoryOverhead': '256m' },
};

export interface App {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly finalStatus: string;
}
/** An execution's end, and the states that it entered on the way. */
export type End = ExecutionView & { readonly path: readonly string[] };

/** S3, Step Functions, Lambda, EMR, Livy and YARN of a test file's own, with our bundles ready to be deployed. */
export interface AwsStack {
  readonly instance: LocalInstance;
  readonly access: AwsAccess;
  readonly places: { readonly name: string; readonly stateDir: string };
  /** The file's own folder: as `XDG_STATE_HOME` it leads the command line to the instance. */
  readonly root: string;
  readonly bundles: string;
  readonly s3: S3Client;
  readonly steps: StepFunctions;
  /** Of an object in the stack's bucket: `s3://…`. */
  readonly at: (key: string) => string;
  readonly put: (key: string, body: string) => Promise<void>;
  readonly deploy: (options?: DeployOptions) => Promise<Deployed>;
  /** A call of one of AWS's JSON APIs. */
  readonly call: <T = unknown>(service: string, target: string, input: object) => Promise<T>;
  /** Follows an execution to its end. */
  readonly follow: (arn: string) => Promise<End>;
  /** All that YARN knows. */
  readonly apps: () => Promise<readonly App[]>;
}

/** Who calls a service of the stack's: nobody checks the signature. */
export const asCaller = (service: string): { readonly authorization: string } => ({
  authorization: `AWS4-HMAC-SHA256 Credential=livywire/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

/** Started before the file's tests, with these of the project's jobs in its bucket; stopped after them. */
export function useAwsStack(
  test: TestFn,
  { name, jobs }: { readonly name: string; readonly jobs: readonly string[] },
): () => AwsStack {
  let stack: AwsStack | undefined;
  let [root, bundles] = ['', ''];
  const placesIn = (folder: string) => ({ name, stateDir: join(folder, 'livywire', 'local') });

  test.before(async (t) => {
    t.timeout(900_000); // the first one fetches everything, and builds AWS's runtime
    root = await mkdtemp(join(tmpdir(), `livywire-${name}-`));
    const places = placesIn(root);
    const [instance, built] = await Promise.all([up({ ...places, aws: true }), buildHandlers(`${name}-test`)]);
    bundles = built;
    const { aws: access, behind } = instance;
    if (access === undefined) throw new Error('an instance with AWS says where it is');
    const s3 = new S3Client({ endpoint: access.endpoint, region: access.region, credentials: access });
    const steps = new StepFunctions(access);
    const node = await functionsNode();
    stack = {
      instance,
      access,
      places,
      root,
      bundles,
      s3,
      steps,
      at: (key) => `s3://${access.bucket}/${key}`,
      async put(Key, Body) {
        await s3.send(new PutObjectCommand({ Bucket: access.bucket, Key, Body }));
      },
      deploy: (options = {}) => deployHandlers(instance, { bundles, ...node, ...options }),
      async call<T>(service: string, target: string, input: object) {
        const reply = await fetch(access.endpoint, {
          method: 'POST',
          headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target, ...asCaller(service) },
          body: JSON.stringify(input),
        });
        const text = await reply.text();
        if (!reply.ok) throw new Error(`${target}: ${reply.status} ${text.slice(0, 300)}`);
        return (text === '' ? {} : JSON.parse(text)) as T;
      },
      async follow(arn) {
        const path: string[] = [];
        for await (const { stateEnteredEventDetails } of steps.follow(arn, { everyMs: 2_000 }))
          if (stateEnteredEventDetails) path.push(stateEnteredEventDetails.name);
        return { ...(await steps.describe(arn)), path };
      },
      async apps() {
        const answer = await ask(`${behind?.resourceManager ?? ''}/ws/v1/cluster/apps`);
        return (answer as { apps: { app: App[] } | null }).apps?.app ?? [];
      },
    };
    for (const job of jobs) await stack.put(`jobs/${job}`, await readFile(join(packageRoot(), 'jobs', job), 'utf8'));
  });
  test.after.always(async () => {
    if (root !== '') await down(placesIn(root));
    for (const dir of [root, bundles]) if (dir !== '') await rm(dir, { recursive: true, force: true });
  });
  return () => {
    if (!stack) throw new Error('the local AWS did not start');
    return stack;
  };
}

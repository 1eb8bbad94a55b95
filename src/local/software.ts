import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { alone, together } from './alone.js';
import { LocalError } from './errors.js';
import { fetchJars, missingJars } from './jars.js';
import { findJava, type Java } from './java.js';
import { ensureJdk } from './jdk.js';
import { jarFileName, type LocalLock, type LockedJar, theLock } from './lock.js';
import type { LocalProgress } from './model.js';
import { checkMotoPython, ensureMoto } from './moto.js';
import { findPython, makeSparkEnv, openSparkEnv, type SparkEnv, sparkEnvDir } from './python.js';
import { clearStaging, onPath, runTool } from './tool.js';

/** Everything that an instance runs on, in place and verified. */
export interface Software extends SparkEnv {
  readonly java: Java;
  /** Livy's jars by full path; none when the person brought their own Livy. */
  readonly livyJars: readonly string[];
  /** YARN's jars by full path; none without YARN. */
  readonly hadoopJars: readonly string[];
  /** What Hadoop and Spark need for `s3://`, by full path; none without AWS. */
  readonly awsJars: readonly string[];
  /** The folder that moto is imported from; absent without AWS. */
  readonly moto?: string;
}

export interface SoftwareOptions {
  readonly cacheDir: string;
  readonly python?: string | undefined;
  /** Which groups of jars are wanted. */
  readonly livy: boolean;
  readonly hadoop: boolean;
  /** Whether S3 and the EMR API are wanted: moto, and the jars for `s3://`. */
  readonly aws: boolean;
  readonly lock?: LocalLock;
  readonly report: (progress: LocalProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds or fetches Java, Python with Spark, and the jars. Only what is missing or damaged is fetched, and every
 * file is checked against the lock file. Two processes at once: the second waits, then finds all of it there.
 * @throws ConfigError where the person has to install something; LocalError where fetching failed
 */
export function ensureSoftware(options: SoftwareOptions): Promise<Software> {
  const { report, signal, lock = theLock() } = options;
  const root = join(options.cacheDir, 'local');
  const onWait = (): void => report({ step: 'jars', message: 'waiting for another livywire that is fetching' });

  return alone(root, 'fetch', { onWait, signal }, async () => {
    const jarDir = join(root, 'jars');
    // What a killed fetch left: under the lock nobody else is making one.
    await Promise.all([clearStaging(root), clearStaging(jarDir)]);
    const livy = options.livy ? lock.maven.livy : [];
    const hadoop = options.hadoop ? lock.maven.hadoop : [];
    const aws = options.aws ? lock.maven.aws : [];
    // The lists name some jars twice; those are fetched once.
    const wanted = [...new Map([...livy, ...hadoop, ...aws].map((jar) => [jar.at, jar])).values()];
    const missing = await missingJars(jarDir, wanted);

    const python = await findPython(options.python);
    if (options.aws) checkMotoPython(python.version);
    const envDir = sparkEnvDir(options.cacheDir, lock, python);
    const [foundSpark, foundJava] = await Promise.all([openSparkEnv(envDir), findJava()]);
    const mvn = missing.length === 0 ? undefined : await workingMaven(signal);
    let spark = foundSpark;

    if (mvn !== undefined) {
      // Side by side: one waits for the network while the other unpacks.
      await together(
        signal,
        (stop) => fetchJars(jarDir, missing, { kind: 'mvn', mvn }, { report, signal: stop }),
        async (stop) => (spark ??= await makeSparkEnv(envDir, lock, python, { report, signal: stop })),
      );
    }
    spark ??= await makeSparkEnv(envDir, lock, python, { report, signal });
    const java = foundJava ?? (await ensureJdk(root, lock, spark.python, { report, signal }));
    if (mvn === undefined && missing.length > 0) {
      const ivy = {
        kind: 'ivy',
        ivyJar: await ivyJar(spark.sparkHome),
        javaHome: java.home,
        isOurJava: foundJava === undefined,
      } as const;
      await fetchJars(jarDir, missing, ivy, { report, signal });
    }
    const moto = options.aws
      ? await ensureMoto(root, lock, { executable: spark.python, version: python.version }, { report, signal })
      : undefined;
    const paths = (jars: readonly LockedJar[]): string[] => jars.map((jar) => join(jarDir, jarFileName(jar)));
    return {
      ...spark,
      java,
      livyJars: paths(livy),
      hadoopJars: paths(hadoop),
      awsJars: paths(aws),
      ...(moto !== undefined && { moto }),
    };
  });
}

/** Maven finds a Java of its own, which may be one that Spark would not run on; without any it does not work. */
async function workingMaven(signal?: AbortSignal): Promise<string | undefined> {
  const mvn = await onPath('mvn');
  if (mvn === undefined) return undefined;
  const answer = await runTool(mvn, ['-v'], { signal }).catch(() => undefined);
  signal?.throwIfAborted();
  return answer === undefined ? undefined : mvn;
}

async function ivyJar(sparkHome: string): Promise<string> {
  const name = (await readdir(join(sparkHome, 'jars'))).find((file) => /^ivy-[\d.]+\.jar$/.test(file));
  if (name === undefined) throw new LocalError(`There is no Ivy among the jars in ${sparkHome}`);
  return join(sparkHome, 'jars', name);
}

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { ACCESS_KEY, bucketOf, REGION, SECRET_KEY } from './aws-access.js';
import type { RouterConfig } from './aws-router-config.js';
import type { Layout } from './livy-server.js';
import type { InstanceOptions } from './model.js';
import { primaryAddresses } from './more-livys.js';
import { programArgs, pythonProgram } from './program.js';
import { freePorts } from './ports.js';
import type { ServerRecord } from './record.js';
import type { Software } from './software.js';
import type { Yarn } from './yarn-servers.js';

export interface AwsPorts {
  readonly moto: number;
  readonly router: number;
  /** What makes `s3://` and `s3a://` file systems of Hadoop. */
  readonly coreSite: Readonly<Record<string, string>>;
  readonly yarnSite: Readonly<Record<string, string>>;
}

/** Chosen before YARN is planned, for Hadoop's configuration names the S3 that comes after it. */
export async function prepareAws(): Promise<AwsPorts> {
  const [moto = 0, router = 0] = await freePorts(2);
  // The logs of containers are copied to S3 some time after they end, from where the NodeManager wrote them.
  const yarnSite = { 'yarn.nodemanager.delete.debug-delay-sec': '600' };
  return { moto, router, coreSite: s3Conf(`http://127.0.0.1:${moto}`), yarnSite };
}

/** Hadoop's S3A, also under the name that EMR's own file system has. */
function s3Conf(endpoint: string): Record<string, string> {
  return {
    'fs.s3.impl': 'org.apache.hadoop.fs.s3a.S3AFileSystem',
    'fs.s3n.impl': 'org.apache.hadoop.fs.s3a.S3AFileSystem',
    'fs.s3a.endpoint': endpoint,
    'fs.s3a.endpoint.region': REGION,
    'fs.s3a.path.style.access': 'true',
    'fs.s3a.connection.ssl.enabled': 'false',
    'fs.s3a.aws.credentials.provider': 'org.apache.hadoop.fs.s3a.SimpleAWSCredentialsProvider',
    'fs.s3a.access.key': ACCESS_KEY,
    'fs.s3a.secret.key': SECRET_KEY,
    // The default of 20 tries is half an hour against an S3 that is down.
    'fs.s3a.attempts.maximum': '3',
    'fs.s3a.retry.limit': '3',
  };
}

/** `…/bin/python3.11` for `…/bin/python3`: as a cluster's settings name a Python that was chosen. */
async function versioned(python: string): Promise<string> {
  const folder = dirname(python);
  const name = (await readdir(folder)).find((one) => /^python3\.\d+$/.test(one));
  return name === undefined ? python : join(folder, name);
}

export interface AwsPlan {
  readonly name: string;
  readonly layout: Layout;
  readonly software: Software;
  readonly options: InstanceOptions;
}

/** S3, Step Functions and most else by moto, and our router before it. */
export async function planAws(
  { moto, router }: AwsPorts,
  { name, layout, software, options }: AwsPlan,
  yarn: Yarn,
  livy: ServerRecord,
): Promise<ServerRecord[]> {
  const { conf, logs, tmp } = layout;
  await mkdir(tmp, { recursive: true });
  const urlOf = (server: string): string => yarn.servers.find((one) => one.name === server)?.url ?? '';
  const config: RouterConfig = {
    port: router,
    moto: `http://127.0.0.1:${moto}`,
    bucket: bucketOf(name),
    cluster: {
      name,
      primaries: primaryAddresses(options.primaries ?? 1),
      livy: livy.url,
      resourceManager: urlOf('resourcemanager'),
      jobHistory: urlOf('jobhistory'),
      sparkHistory: urlOf('spark-history'),
      python: await versioned(software.python),
    },
    sparkHome: livy.launch.env.SPARK_HOME ?? software.sparkHome,
    stepsDir: join(layout.dir, 'steps'),
    workDir: layout.work,
    containerLogs: join(layout.dir, 'yarn', 'nm-logs'),
    livyLog: livy.launch.log,
  };
  const configFile = join(conf, 'aws-router.json');
  await writeFile(configFile, JSON.stringify(config, undefined, 1), { mode: 0o600 });
  return [
    {
      name: 'moto',
      url: config.moto,
      health: '/moto-api/',
      healthy: '',
      launch: {
        command: software.python,
        args: [pythonProgram('moto-server'), '-H', '127.0.0.1', '-p', String(moto)],
        // Large objects are kept in its folder for temporary files.
        // No page in a browser is to write what a job reads. The interpreter of state machines calls every service at that
        // port: the router's, which has the functions.
        env: {
          PYTHONPATH: software.moto ?? '',
          TMPDIR: tmp,
          MOTO_DISABLE_GLOBAL_CORS: 'true',
          MOTO_PORT: String(router),
        },
        cwd: tmp,
        log: join(logs, 'moto.log'),
      },
    },
    {
      name: 'aws',
      url: `http://127.0.0.1:${router}`,
      health: '/_livywire/health',
      healthy: '',
      launch: {
        command: process.execPath,
        args: [...programArgs('aws-router-main', 'aws-router'), configFile],
        // What Livy has: its spark-submit is ours.
        env: livy.launch.env,
        cwd: layout.work,
        log: join(logs, 'aws.log'),
      },
    },
  ];
}

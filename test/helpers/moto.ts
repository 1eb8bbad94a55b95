import process from 'node:process';
import { execa } from 'execa';
import { ConfigError } from '../../src/core/index.js';
import { theLock } from '../../src/local/lock.js';
import { checkMotoPython, ensureMoto } from '../../src/local/moto.js';
import { cacheRoot } from '../../src/local/paths.js';
import { findPython } from '../../src/local/python.js';

/** A stand-in for AWS on this machine. */
export interface LocalAws {
  readonly url: string;
  stop(): Promise<void>;
}

/** What the SDK finds in the environment: made-up credentials, and nothing of the person who runs the tests. */
export function standInCredentials(accessKey = 'stand-in', secretKey = 'stand-in-secret'): void {
  for (const name of Object.keys(process.env).filter((one) => one.startsWith('AWS_'))) delete process.env[name];
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: accessKey,
    AWS_SECRET_ACCESS_KEY: secretKey,
    AWS_REGION: 'eu-west-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
}

/** moto's packages as `livywire local up --aws` keeps them, brought by pip once. `undefined` without a Python for it. */
async function motoPackages(): Promise<{ readonly folder: string; readonly python: string } | undefined> {
  try {
    const python = await findPython();
    checkMotoPython(python.version);
    const folder = await ensureMoto(cacheRoot(), theLock(), python, { report: () => undefined });
    return { folder, python: python.executable };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`skipped: no moto here: ${error.message}\n`);
    return undefined;
  }
}

/** Starts moto on a free port of this machine. `undefined`, and said, where there is no Python with pip. */
export async function startMoto(): Promise<LocalAws | undefined> {
  const packages = await motoPackages();
  if (packages === undefined) return undefined;
  const server = execa(packages.python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', '0'], {
    env: { PYTHONPATH: packages.folder },
    reject: false,
    buffer: false,
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    server.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const [, found] = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    });
    void server.then(() => reject(new Error(`moto did not start: ${said}`)));
  });
  return {
    url,
    async stop() {
      server.kill();
      await server;
    },
  };
}

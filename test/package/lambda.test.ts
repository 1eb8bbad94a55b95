/** The bundled handlers as they are deployed: a folder of their own, with no package beside it. */
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { installed, nodes, run } from './installed.js';

/** Lambda's lines of Node. */
const lambdaNodes = nodes.filter(({ version }) => Number(/^v(\d+)/.exec(version)?.[1]) >= 22);
const handlers = await readdir(join(installed, 'dist/lambda'), { withFileTypes: true });
const names = handlers.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

/** As little of a Livy as a submit needs. */
async function livy(): Promise<{ readonly server: Server; readonly url: string; readonly posts: string[] }> {
  const posts: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const isPost = request.method === 'POST';
      const body = isPost ? (JSON.parse(Buffer.concat(chunks).toString()) as { name: string }) : undefined;
      if (body) posts.push(body.name);
      response.writeHead(body ? 201 : 404, { 'content-type': 'application/json' });
      const batch = { id: 0, name: body?.name, state: 'starting', appId: null, appInfo: {}, log: [] };
      response.end(JSON.stringify(body ? batch : { msg: 'not found' }));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, posts };
}

test('there is a folder for each handler', (t) => {
  t.true(['submit', 'status', 'cancel', 'diagnose', 'watch'].every((name) => names.includes(name)));
});

for (const node of lambdaNodes) {
  test.serial(`every handler is imported, alone in a folder, on Node ${node.version}`, async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'livywire-lambda-'));
    t.teardown(() => rm(folder, { recursive: true }));
    for (const name of names) {
      const task = join(folder, name);
      await cp(join(installed, 'dist/lambda', name), task, { recursive: true });
      const script = `console.log(typeof (await import('./index.mjs')).handler)`;
      const { stdout, stderr } = await run(node.path, ['--input-type=module', '--eval', script], { cwd: task });
      t.deepEqual([stdout, stderr], ['function', ''], name);
    }
  });

  test.serial(`submit starts a run, and a second delivery starts none, on Node ${node.version}`, async (t) => {
    const { server, url, posts } = await livy();
    const folder = await mkdtemp(join(tmpdir(), 'livywire-lambda-'));
    t.teardown(async () => {
      server.close();
      await rm(folder, { recursive: true });
    });
    const task = join(folder, 'task');
    await cp(join(installed, 'dist/lambda/submit'), task, { recursive: true });
    await mkdir(join(folder, 'ledger'));
    await writeFile(
      join(folder, 'call.mjs'),
      `import { handler } from './task/index.mjs';
       const event = { job: { file: 's3://jobs/etl.py' }, key: 'k' };
       const context = { awsRequestId: 'r', functionName: 'submit', getRemainingTimeInMillis: () => 30000 };
       const one = await handler(event, context);
       const two = await handler(event, context);
       console.log(JSON.stringify([one.next, two.ref.id]));`,
    );
    const env = { LIVYWIRE_URL: url, LIVYWIRE_LEDGER: join(folder, 'ledger'), POWERTOOLS_LOG_LEVEL: 'ERROR' };
    const { stdout, stderr } = await run(node.path, ['call.mjs'], { cwd: folder, env });
    t.is(stderr, '');
    t.is(String(stdout).split('\n').at(-1), '["status","0"]');
    t.is(posts.length, 1);
    const bare = await run(node.path, ['call.mjs'], { cwd: folder, env: { LIVYWIRE_URL: url } });
    t.regex(String(bare.stderr), /ConfigError\]?: LIVYWIRE_LEDGER: is not set/);
  });
}

import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { unzipSync } from 'fflate';
import { moduleZip } from '../../../src/aws/staging/module-zip.js';
import { zipOf } from '../../../src/aws/staging/zip.js';
import { ConfigError } from '../../../src/core/index.js';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8');

async function folder(t: ExecutionContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'livywire-zip-'));
  t.teardown(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function lay(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
}

async function zip(entries: Readonly<Record<string, string>>, mode = 0o644): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const list = Object.entries(entries).map(([name, text]) => ({ name, read: async () => Buffer.from(text) }));
  for await (const piece of zipOf(list, mode)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const names = fc.uniqueArray(
  fc
    .array(fc.stringMatching(/^[a-z0-9é_]{1,6}$/), { minLength: 1, maxLength: 3 })
    .map((parts) => `d/${parts.join('/')}.py`),
  { minLength: 1, maxLength: 6 },
);

test('a folder of the same files is the same zip, whenever, by whom and in which order they were written', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      names,
      fc.infiniteStream(fc.string({ maxLength: 200 })),
      fc.integer({ min: 1, max: 2_000_000_000 }),
      fc.constantFrom('UTC', 'America/St_Johns', 'Pacific/Kiritimati', 'Asia/Kathmandu'),
      async (list, contents, seconds, zone) => {
        const files = Object.fromEntries(list.map((name) => [name, contents.next().value ?? '']));
        const [one, two] = [await mkdtemp(join(tmpdir(), 'lw-a-')), await mkdtemp(join(tmpdir(), 'lw-b-'))];
        const was = process.env.TZ;
        try {
          await lay(one, files);
          const first = await moduleZip(join(one, 'd'));
          await lay(two, Object.fromEntries(Object.entries(files).reverse()));
          for (const name of list) {
            await utimes(join(two, name), seconds, seconds);
            await chmod(join(two, name), seconds % 2 === 0 ? 0o700 : 0o444);
          }
          process.env.TZ = zone;
          t.is(sha256(await moduleZip(join(two, 'd'))), sha256(first));
          const read = unzipSync(first);
          t.deepEqual(
            Object.fromEntries(Object.entries(read).map(([name, bytes]) => [`d/${name}`, textOf(bytes)])),
            files,
          );
        } finally {
          if (was === undefined) delete process.env.TZ;
          else process.env.TZ = was;
          await rm(one, { recursive: true });
          await rm(two, { recursive: true });
        }
      },
    ),
    { numRuns: 25 },
  );
});

test('the bytes of a zip are those of every version of livywire before', async (t) => {
  const bytes = await zip({ 'a.py': 'print(1)\n'.repeat(1_000), 'b/c.py': '', 'b/é.txt': 'x' });
  // Another checksum is another address for the same code: runs with a key would be in conflict with themselves.
  t.is(sha256(bytes), '310e988c11bd899f4ba013306c5f5a85acf150438418936feceed5d02481fef3');
});

test('what Python, editors and version control leave behind is no part of it', async (t) => {
  const root = await folder(t);
  await lay(root, {
    'm/__init__.py': '',
    'm/a.py': 'a',
    'm/data/table.json': '{}',
    'm/__pycache__/a.cpython-311.pyc': 'x',
    'm/a.pyc': 'x',
    'm/.git/config': 'x',
    'm/.DS_Store': 'x',
  });
  t.deepEqual(Object.keys(unzipSync(await moduleZip(join(root, 'm')))), [
    'm/__init__.py',
    'm/a.py',
    'm/data/table.json',
  ]);
});

test('a folder that is a package goes in under its name, any other with what is in it', async (t) => {
  const root = await folder(t);
  await lay(root, { 'pkg/__init__.py': '', 'pkg/b.py': '', 'lib/one.py': '', 'lib/two/__init__.py': '' });
  t.deepEqual(Object.keys(unzipSync(await moduleZip(join(root, 'pkg')))), ['pkg/__init__.py', 'pkg/b.py']);
  t.deepEqual(Object.keys(unzipSync(await moduleZip(join(root, 'lib')))), ['one.py', 'two/__init__.py']);
});

test('a link to a file counts as the file', async (t) => {
  const root = await folder(t);
  await lay(root, { 'lib/one.py': 'one', 'elsewhere/two.py': 'two' });
  await symlink(join(root, 'elsewhere/two.py'), join(root, 'lib/two.py'));
  t.is(textOf(unzipSync(await moduleZip(join(root, 'lib')))['two.py']), 'two');
});

test('a folder without Python is refused by its name', async (t) => {
  const root = await folder(t);
  await lay(root, { 'lib/readme.txt': '' });
  const error = await t.throwsAsync(moduleZip(join(root, 'lib')), { instanceOf: ConfigError });
  t.regex(error?.message ?? '', /lib holds no Python file/);
});

test('more files than the format can count are refused', async (t) => {
  const many = Array.from({ length: 65_536 }, (_, i) => ({ name: `${i}`, read: async () => new Uint8Array() }));
  await t.throwsAsync(async () => zipOf(many, 0o644).next(), { instanceOf: ConfigError, message: /65536 files/ });
});

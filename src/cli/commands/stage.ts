import { loadStaging } from '../../app/index.js';
import { ConfigError } from '../../core/index.js';
import { defineCommand } from '../define.js';
import { exitCodes } from '../exit-code.js';
import { readSpec } from '../job.js';
import { fileLines, stagedFiles } from '../job-files.js';
import type { OptionSpec } from '../option-spec.js';
import { clusterOption, ledgerOptions, outputOptions } from '../options.js';
import { plain, shellWord } from '../show.js';
import { sparkOptions } from '../spark-submit/flags.js';
import { checkStageFlags, stageOptions } from '../staging-flags.js';
import { writeNamed } from '../write-named.js';

const { ledger: _ledger, ...awsOptions } = ledgerOptions;

/** Those of spark-submit's flags that name files. */
const fileOptions = Object.fromEntries(
  ['jars', 'py-files', 'files', 'archives'].map((name) => [name, sparkOptions[name]]),
) as Readonly<Record<'jars' | 'py-files' | 'files' | 'archives', OptionSpec & { readonly type: 'string' }>>;

export const stageCommand = defineCommand({
  name: 'stage',
  positionals: '<file>',
  describe: "Put a job's local files into S3 and write down which bytes they are. Starts nothing.",
  details: [
    '',
    'The lock names each object and its checksum. livywire run --locked runs those very bytes, later and elsewhere:',
    'arguments, sizes and settings are given then.',
  ],
  examples: [
    ['livywire stage ./etl.py --py-files lib/ --stage s3://bucket/jobs --out etl.lock.json', 'once, from dev'],
    [
      'livywire stage ./etl.py --requirements requirements.txt --cluster nightly --stage s3://bucket/jobs',
      'for its Python',
    ],
    ['livywire run --locked etl.lock.json 2026-11-01', 'the same bytes, in prod'],
  ],
  options: {
    ...stageOptions,
    out: {
      type: 'string',
      alias: 'o',
      describe: 'File for the lock (default: stdout)',
      group: 'Files of this machine',
    },
    'dry-run': {
      type: 'boolean',
      describe: 'Show what would be uploaded and send nothing',
      group: 'Files of this machine',
    },
    ...fileOptions,
    ...clusterOption,
    ...awsOptions,
    ...outputOptions,
  },
  words: { min: 1, max: 1 },
  async run(args, context) {
    const { io, out, signal } = context;
    const { stage } = args;
    if (stage === undefined) {
      throw new ConfigError('Where to? Give --stage s3://bucket/prefix', { field: '--stage' });
    }
    checkStageFlags(args);
    const settings = await context.settings();
    const spec = await readSpec(args, args.rest, context, settings);
    const { prepared, ready, show } = await stagedFiles(spec, { ...args, stage }, context, settings, signal);
    if (args['dry-run']) {
      const files = await show(signal);
      out.result(...fileLines(files));
      out.document({ v: 1, kind: 'staging', files });
      return exitCodes.succeeded;
    }
    await ready(signal);
    const { lock } = prepared;
    const { lockText } = await loadStaging(settings);
    const text = lockText(lock);
    if (args.out === undefined) out.result(text.trimEnd());
    else {
      await writeNamed('--out', args.out, text, io.cwd);
      out.result(plain(args.out));
      out.note(`run it with: livywire run --locked ${shellWord(args.out)} …`);
    }
    out.document({ v: 1, kind: 'staged', ...(args.out !== undefined && { out: args.out }), lock });
    return exitCodes.succeeded;
  },
});

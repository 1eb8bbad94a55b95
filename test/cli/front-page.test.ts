import test from 'ava';
import { cli, oneDocument } from '../helpers/cli.js';
import { verbs } from '../../src/cli/verbs.js';

test('livywire alone, --help and help print the same page, with every verb and how to start', async (t) => {
  const alone = await cli([]);
  t.is(alone.code, 0);
  t.is(alone.stderr, '');
  for (const verb of Object.keys(verbs)) t.regex(alone.stdout, new RegExp(`^  ${verb} `, 'm'));
  t.regex(alone.stdout, /livywire local up/);
  for (const same of [['--help'], ['-h'], ['help']]) t.deepEqual(await cli(same), alone);
});

test('--version prints the version and nothing else, behind a verb too', async (t) => {
  t.deepEqual(await cli(['--version']), { code: 0, stdout: '9.9.9\n', stderr: '' });
  t.deepEqual(await cli(['run', '--version']), { code: 0, stdout: '9.9.9\n', stderr: '' });
});

for (const verb of Object.keys(verbs)) {
  test(`${verb} --help says what it is for, its flags and an example`, async (t) => {
    const { code, stdout, stderr } = await cli([verb, '--help']);
    t.is(code, 0);
    t.is(stderr, '');
    t.regex(stdout, new RegExp(`^livywire ${verb}`));
    t.regex(stdout, new RegExp(`Examples:\n  .*livywire ${verb}`));
    t.deepEqual(await cli(['help', verb]), { code, stdout, stderr });
    t.true(
      stdout.split('\n').every((line) => line.length <= 100),
      'no line is wider than 100',
    );
  });
}

test('a mistyped verb is answered with the nearest one, exit code 2, on stderr', async (t) => {
  const { code, stdout, stderr } = await cli(['stauts', 'x']);
  t.is(code, 2);
  t.is(stdout, '');
  t.is(stderr, 'livywire: There is no verb "stauts"; did you mean livywire status?\n');
});

test('a word that is near no verb points to --help', async (t) => {
  const { code, stderr } = await cli(['frobnicate']);
  t.is(code, 2);
  t.regex(stderr, /There is no verb "frobnicate"; livywire --help lists the verbs/);
});

test('names of things every object has are no verbs and no flags', async (t) => {
  t.is((await cli(['constructor'])).code, 2);
  t.is((await cli(['ls', '--constructor'])).code, 2);
  t.is((await cli(['completion', 'toString'])).code, 2);
});

test('a mistyped flag is answered with the nearest one', async (t) => {
  const { code, stderr } = await cli(['wait', '--timout', '3s', 'x']);
  t.is(code, 2);
  t.is(stderr, 'livywire: There is no flag --timout; did you mean --timeout?\n');
});

test('the start of a flag is answered with the whole flag', async (t) => {
  t.regex((await cli(['run', '--driver-mem', '4g', 'x'])).stderr, /did you mean --driver-memory\?/);
});

test('a flag before the verb is told where it belongs', async (t) => {
  const { code, stderr } = await cli(['--url', 'http://x:8998', 'run']);
  t.is(code, 2);
  t.regex(stderr, /The verb comes first, then --url/);
});

test('a value out of a list is answered with the list', async (t) => {
  const { code, stderr } = await cli(['wait', '--on-timeout', 'cancle', 'x']);
  t.is(code, 2);
  t.regex(stderr, /--on-timeout: "cancle" is not one of leave, cancel; did you mean cancel\?/);
});

test('a flag that needs a value says so', async (t) => {
  const { code, stderr } = await cli(['wait', 'x', '--timeout']);
  t.is(code, 2);
  t.regex(stderr, /--timeout needs a value/);
});

test('a missing run and a word too many are named, with the usage', async (t) => {
  t.regex((await cli(['wait'])).stderr, /<run> is missing; usage: livywire wait <run>/);
  t.regex((await cli(['wait', 'a', 'b'])).stderr, /"b" is one word too many; usage: livywire wait <run>/);
});

test('with --json an error is one document on stdout and its words on stderr', async (t) => {
  const { code, stdout, stderr } = await cli(['wait', '--json', '--timout', '3s', 'x']);
  t.is(code, 2);
  const document = oneDocument(t, stdout);
  t.like(document, {
    v: 1,
    kind: 'error',
    exitCode: 2,
    error: { name: 'ConfigError', code: 'CONFIG_INVALID', field: '--timout' },
  });
  t.regex(stderr, /did you mean --timeout/);
});

test('control characters in what was typed never reach the terminal', async (t) => {
  const { stdout, stderr } = await cli(['wa\u001b[31mit\u0007']);
  // eslint-disable-next-line no-control-regex -- that is what is looked for
  t.notRegex(stdout + stderr, /[\u0000-\u0009\u000b-\u001f]/);
});

test('a mistake of our own is 70, one short message, where to report, no stack', async (t) => {
  const boom = () => {
    throw new TypeError('x is not a function');
  };
  const asked = await cli(['run', '--url', 'http://x:8998', 's3://a/b.py'], { connect: boom });
  t.is(asked.code, 70);
  t.regex(asked.stderr, /This is a mistake in livywire 9\.9\.9, not in your job: x is not a function/);
  t.regex(asked.stderr, /npm bugs livywire/);
  t.notRegex(asked.stderr, /\n\s+at /);

  const debug = await cli(['run', '--url', 'http://x:8998', 's3://a/b.py'], {
    connect: boom,
    env: { LIVYWIRE_DEBUG: '1' },
  });
  t.regex(debug.stderr, /\n\s+at /);
});

import { PassThrough } from 'node:stream';
import test from 'ava';
import { LiveLine } from '../../src/cli/live-line.js';
import { jsonLine, Terminal } from '../../src/cli/terminal.js';

const sink = (isTTY: boolean) => {
  const written = { text: '' };
  return { written, isTTY, columns: 80, write: (text: string) => void (written.text += text) };
};
const terminal = (options: { json?: boolean; quiet?: boolean; tty?: boolean; env?: Record<string, string> } = {}) => {
  const stdout = sink(options.tty ?? false);
  const stderr = sink(options.tty ?? false);
  const out = new Terminal(
    { stdout, stderr, env: options.env ?? {} },
    { json: options.json ?? false, quiet: options.quiet ?? false },
  );
  return { out, stdout: stdout.written, stderr: stderr.written };
};

test('results and log lines go to stdout, notes, warnings and errors to stderr', (t) => {
  const { out, stdout, stderr } = terminal();
  out.result('result');
  out.log('line');
  out.note('note');
  out.warn('warning');
  out.error('error');
  out.document({ unseen: true });
  out.finish();
  t.is(stdout.text, 'result\nline\n');
  t.is(stderr.text, 'livywire: note\nlivywire: warning\nlivywire: error\n');
});

test('--json keeps stdout for one document at the end', (t) => {
  const { out, stdout, stderr } = terminal({ json: true });
  out.result('result');
  out.log('line');
  out.gap('2 lines are missing');
  out.document({ first: 1 });
  out.document({ last: 1 });
  t.is(stdout.text, '');
  out.finish();
  t.is(stdout.text, '{"last":1}\n');
  t.is(stderr.text, 'line\n… 2 lines are missing\n');
});

test('--quiet drops notes, not warnings', (t) => {
  const { out, stderr } = terminal({ quiet: true });
  out.note('note');
  out.warn('warning');
  t.is(stderr.text, 'livywire: warning\n');
});

test('colours are for terminals; NO_COLOR and FORCE_COLOR have the last word', (t) => {
  const isPainted = (options: Parameters<typeof terminal>[0]) => {
    const { out, stderr } = terminal(options);
    out.error('x');
    return stderr.text.includes('\u001b[');
  };
  t.false(isPainted({}));
  t.true(isPainted({ tty: true }));
  t.false(isPainted({ tty: true, env: { NO_COLOR: '1' } }));
  t.true(isPainted({ tty: true, env: { NO_COLOR: '' } }));
  t.true(isPainted({ env: { FORCE_COLOR: '1' } }));
  t.false(isPainted({ tty: true, env: { FORCE_COLOR: '0' } }));
  t.false(isPainted({ tty: true, env: { TERM: 'dumb' } }));
});

test('escape sequences and secrets in a message are taken out, several lines are indented', (t) => {
  const { out, stderr } = terminal();
  out.error('first \u001b[31mred\npassword=hunter2');
  t.is(stderr.text, 'livywire: first red\n  password=(redacted)\n');
});

test('a JSON line escapes what a terminal may act on and is still the same document', (t) => {
  const document = { text: 'a\u009b31m\u202e\u2028\u007fü✓' };
  const line = jsonLine(document);
  t.regex(line, /^[ -~ü✓]+$/);
  t.deepEqual(JSON.parse(line), document);
});

test('what is held back while a question stands comes out in order afterwards', (t) => {
  const { out, stdout, stderr } = terminal();
  out.hold();
  out.log('one');
  out.note('two');
  t.is(stdout.text + stderr.text, '');
  out.release();
  t.is(stdout.text + stderr.text, 'one\nlivywire: two\n');
});

/** A screen that keeps what log-update leaves on it. */
function screen() {
  const stream = Object.assign(new PassThrough(), { columns: 80, rows: 24, isTTY: true });
  let text = '';
  stream.on('data', (part) => (text += String(part)));
  return {
    stream: stream as unknown as NodeJS.WriteStream,
    visible: (): string => {
      const lines = [''];
      // eslint-disable-next-line no-control-regex -- a terminal, in small
      for (const [token] of text.matchAll(/\u001b\[[0-9;?]*[A-Za-z]|\n|[^\u001b\n]+/g)) {
        if (token === '\n') lines.push('');
        else if (token === '\u001b[2K') lines[lines.length - 1] = '';
        else if (token === '\u001b[1A') lines.pop();
        else if (!token.startsWith('\u001b')) lines[lines.length - 1] += token;
      }
      return lines.join('\n');
    },
    raw: () => text,
  };
}

test('the live line stays at the bottom while lines scroll above it, and leaves nothing behind', async (t) => {
  const { stream, visible } = screen();
  const toScreen = { isTTY: true, columns: 80, write: (text: string) => void stream.write(text), stream };
  const out = new Terminal(
    { stdout: toScreen, stderr: toScreen, env: { NO_COLOR: '1' } },
    { json: false, quiet: false },
  );
  let elapsed = 0;
  const line = new LiveLine(stream, () => `running  ${elapsed}s`);
  out.live = line;
  t.is(visible(), 'running  0s\n');
  out.log('first');
  out.log('second');
  elapsed = 5;
  line.draw();
  t.is(visible(), 'first\nsecond\nrunning  5s\n');
  out.hold();
  t.is(visible(), 'first\nsecond\n');
  out.log('third');
  out.release();
  t.is(visible(), 'first\nsecond\nthird\nrunning  5s\n');
  line.stop();
  out.live = undefined;
  t.is(visible(), 'first\nsecond\nthird\n');
});

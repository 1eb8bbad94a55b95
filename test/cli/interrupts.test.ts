import test from 'ava';
import { type CallOptions, type RunRef, UnreachableError } from '../../src/core/index.js';
import { MemoryBackend, testClock, testLivywire } from '../../src/testing/index.js';
import { cli, oneDocument, startCli } from '../helpers/cli.js';

const URL_FLAG = ['--url', 'http://livy.test:8998'] as const;
const JOB = 's3://b/etl.py';
/** A run that a signal stops. */
const CANCELLING = ['run', ...URL_FLAG, '--on-signal', 'cancel', '--key', 'k', JOB] as const;
const TERMINAL = { stdin: true, stdout: true, stderr: true } as const;

/** A run that goes on until it is stopped, on a clock that stands still until it is moved. */
async function following(argv: readonly string[], options: Parameters<typeof startCli>[1] = {}) {
  const clock = testClock({ auto: false });
  const backend = new MemoryBackend({ clock, script: () => ({ afterMs: 86_400_000 }) });
  const livywire = testLivywire({ clock, backend });
  const started = startCli(argv, { clock, livywire, ...options });
  // Until the first reading: then it is followed.
  while (!backend.requests.includes('GET 0')) await clock.advance(1);
  return { ...started, clock, backend, written: started.written };
}
const stopped = (backend: MemoryBackend): boolean => backend.requests.some((request) => request.startsWith('DELETE'));

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`without a terminal ${signal} leaves the job running, says so in one line, and exits with ${code}`, async (t) => {
    const { done, send, backend } = await following(['run', ...URL_FLAG, '-q', '--key', 'k', JOB]);
    send(signal);
    const { code: seen, stdout, stderr } = await done;
    t.is(seen, code);
    t.is(stdout, '');
    t.is(stderr, 'livywire: left running: k; come back with: livywire attach k\n');
    t.false(stopped(backend));
  });

  test(`without a terminal ${signal} stops the job with --on-signal cancel, and exits with 5`, async (t) => {
    const { done, send, backend } = await following(CANCELLING);
    send(signal);
    const { code: seen, stdout } = await done;
    t.is(seen, 5);
    t.regex(stdout, /^cancelled {2}k/);
    t.true(stopped(backend));
  });
}

test('a cancel that no server confirms within 5 s says that it is not confirmed, and exits by the signal', async (t) => {
  const { done, send, backend, clock } = await following(CANCELLING);
  backend.stop = () => new Promise(() => undefined); // a DELETE that never comes back
  send('SIGTERM');
  await clock.advance(4_999);
  const { code, stderr } = await done;
  t.is(code, 143);
  t.regex(stderr, /asked to stop, without an answer so far; may be running: k; come back with: livywire attach k/);
});

test('a server that took the cancel, and shows no end within 5 s: that it was asked is said', async (t) => {
  const { done, send, backend, clock } = await following(CANCELLING);
  backend.stop = async () => 'asked';
  send('SIGTERM');
  await clock.advance(4_999);
  const { code, stderr } = await done;
  t.is(code, 143);
  t.regex(stderr, /was asked to stop, not yet seen to have stopped: k; come back with: livywire attach k/);
});

test('a Livy that hangs is asked to stop the job all the same within the 5 s, and what was not asked is not said', async (t) => {
  for (const [stop, words] of [
    [() => new Promise<never>(() => undefined), /asked to stop, without an answer so far; may be running: k/],
    [() => Promise.reject(new UnreachableError('no way', 'no')), /could not be stopped, may be running: k/],
    [async () => 'no-record' as const, /could not be asked to stop, may be running: k/],
  ] as const) {
    const { done, send, backend, clock } = await following(CANCELLING);
    let isAsked = false;
    backend.status = () => new Promise(() => undefined);
    backend.stop = () => ((isAsked = true), stop());
    send('SIGTERM');
    await clock.advance(4_999);
    const { code, stderr } = await done;
    t.is(code, 143);
    t.true(isAsked);
    t.regex(stderr, words);
    t.notRegex(stderr, /was asked to stop/);
  }
});

test('a job that was refused was not left running: wait and attach say why it was refused, and no more', async (t) => {
  for (const verb of ['wait', 'attach']) {
    const clock = testClock();
    const backend = new MemoryBackend({ clock, endpoint: 'http://livy.test:8998' });
    const livywire = testLivywire({ clock, backend });
    backend.failNext('rejected');
    await t.throwsAsync(livywire.submit({ file: JOB }, { key: 'k' }));
    const { code, stderr } = await cli([verb, ...URL_FLAG, 'k'], { clock, livywire });
    t.is(code, 2, stderr);
    t.notRegex(stderr, /running/);
  }
});

for (const wish of ['leave', 'cancel']) {
  test(`a signal after the end was read, and before its outcome, does not call the job running: --on-signal ${wish}`, async (t) => {
    const clock = testClock({ auto: false });
    const backend = new MemoryBackend({ clock, script: () => ({ afterMs: 20_000, outcome: 'failed' }) });
    const livywire = testLivywire({ clock, backend });
    const { done, send, written } = startCli(['run', ...URL_FLAG, '--on-signal', wish, '--json', '--key', 'k', JOB], {
      clock,
      livywire,
    });
    while (!backend.requests.includes('GET 0')) await clock.advance(1);
    let isRead = false;
    backend.open = () => ({
      read: async function* () {},
      finish: async function* (_ref: RunRef, options?: CallOptions) {
        isRead = true;
        await clock.sleep(86_400_000, options?.signal);
        yield [];
      },
    });
    for (let i = 0; i < 60 && !isRead; i++) await clock.advance(1_000);
    send('SIGTERM');
    for (let i = 0; i < 5; i++) await clock.advance(1_000);
    const { code, stderr, stdout } = await done;
    t.is(code, 143, written.stderr);
    t.regex(stderr, /it has ended \(failed\), its outcome not yet read: k; come back with: livywire attach k/);
    t.notRegex(stderr, /stop/);
    t.like(oneDocument(t, stdout), { kind: 'ended', reason: 'signal' });
  });
}

test('a second signal while the job is being stopped gives up at once', async (t) => {
  const { done, send, backend } = await following(CANCELLING);
  backend.stop = () => new Promise(() => undefined);
  send('SIGTERM');
  await new Promise((resolve) => setImmediate(resolve));
  send('SIGTERM');
  t.is((await done).code, 143);
});

test('a server that cannot be asked to stop the job is said, and the job may be running', async (t) => {
  const { done, send, backend } = await following(CANCELLING);
  backend.down();
  send('SIGINT');
  const { code, stderr } = await done;
  t.is(code, 130);
  t.regex(stderr, /k; come back with: livywire attach k/);
});

test('with --json a signal leaves one document with the ref', async (t) => {
  const { done, send } = await following(['run', ...URL_FLAG, '--json', '--key', 'k', JOB]);
  send('SIGTERM');
  t.like(oneDocument(t, (await done).stdout), { v: 1, kind: 'running', reason: 'signal', ref: { key: 'k', id: '0' } });
});

test('Ctrl-C on a terminal asks; "leave" detaches with 4', async (t) => {
  const asked: string[] = [];
  const { done, send, backend } = await following(['run', ...URL_FLAG, '--key', 'k', JOB], {
    tty: TERMINAL,
    ask: async ({ choices }) => {
      asked.push(...choices.map(({ value }) => value));
      return 'leave';
    },
  });
  send('SIGINT');
  const { code, stderr } = await done;
  t.is(code, 4);
  t.deepEqual(asked, ['leave', 'cancel', 'continue']);
  t.regex(stderr, /left running: k; come back with: livywire attach k/);
  t.false(stopped(backend));
});

test('"stop" stops the job and exits with 5', async (t) => {
  const { done, send, backend } = await following(['run', ...URL_FLAG, '--key', 'k', JOB], {
    tty: TERMINAL,
    ask: async () => 'cancel',
  });
  send('SIGINT');
  t.is((await done).code, 5);
  t.true(stopped(backend));
});

test('"keep following" goes on, and what came meanwhile is shown then', async (t) => {
  let answer: (value: string) => void = () => undefined;
  const clock = testClock({ auto: false });
  const backend = new MemoryBackend({
    clock,
    script: () => ({ afterMs: 100_000, lines: Array.from({ length: 10 }, (_, i) => `line ${i}`) }),
  });
  const livywire = testLivywire({ clock, backend });
  const { done, send, written } = startCli(['run', ...URL_FLAG, JOB], {
    clock,
    livywire,
    tty: { ...TERMINAL, stderr: true },
    ask: () => new Promise((resolve) => (answer = resolve)),
  });
  while (!written.stdout.includes('line 2')) await clock.advance(5_000);
  send('SIGINT');
  await clock.advance(30_000);
  t.notRegex(written.stdout, /line 5/);
  answer('continue');
  await clock.advance(1_000);
  t.regex(written.stdout, /line 5/);
  await clock.advance(100_000);
  const { code, stdout } = await done;
  t.is(code, 0);
  t.deepEqual(
    stdout.match(/^line \d$/gm),
    Array.from({ length: 10 }, (_, i) => `line ${i}`),
  );
});

test('a second Ctrl-C while the question stands detaches, and so does Ctrl-C as its answer', async (t) => {
  const byQuestion = await following(['run', ...URL_FLAG, '--key', 'k', JOB], {
    tty: TERMINAL,
    ask: async () => undefined,
  });
  byQuestion.send('SIGINT');
  t.is((await byQuestion.done).code, 4);

  const bySignal = await following(['run', ...URL_FLAG, '--key', 'k', JOB], {
    tty: TERMINAL,
    ask: (_question, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  });
  bySignal.send('SIGINT');
  bySignal.send('SIGINT');
  t.is((await bySignal.done).code, 4);
  t.false(stopped(bySignal.backend));
});

test('a run that ends while the question stands ends the question, not the other way round', async (t) => {
  let withdrawn = false;
  const { done, send, clock } = await following(['run', ...URL_FLAG, '--key', 'k', JOB], {
    tty: TERMINAL,
    ask: (_question, signal) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => {
          withdrawn = true;
          resolve(undefined);
        }),
      ),
  });
  send('SIGINT');
  await clock.advance(86_600_000);
  t.is((await done).code, 0);
  t.true(withdrawn);
});

test('on a terminal SIGTERM and SIGHUP ask nobody', async (t) => {
  const { done, send } = await following(['run', ...URL_FLAG, '--key', 'k', JOB], {
    tty: TERMINAL,
    ask: async () => t.fail('asked'),
  });
  send('SIGHUP');
  t.is((await done).code, 129);
});

test('--on-signal on a terminal is the answer already', async (t) => {
  const { done, send } = await following(CANCELLING, {
    tty: TERMINAL,
    ask: async () => t.fail('asked'),
  });
  send('SIGINT');
  t.is((await done).code, 5);
});

test('attach and wait answer signals as run does', async (t) => {
  for (const verb of ['attach', 'wait']) {
    const clock = testClock({ auto: false });
    const backend = new MemoryBackend({
      clock,
      script: () => ({ afterMs: 86_400_000 }),
      endpoint: 'http://livy.test:8998',
    });
    const livywire = testLivywire({ clock, backend });
    await livywire.submit({ file: JOB }, { key: 'k' });
    const { done, send } = startCli([verb, ...URL_FLAG, 'k'], { clock, livywire });
    while (!backend.requests.includes('GET 0')) await clock.advance(1);
    send('SIGTERM');
    const { code, stderr } = await done;
    t.is(code, 143, verb);
    t.regex(stderr, /left running: k/, verb);
  }
});

test('a signal while submitting says that the job may be running, and how to find out', async (t) => {
  const clock = testClock({ auto: false });
  const backend = new MemoryBackend({ clock });
  const livywire = testLivywire({ clock, backend });
  const posted = new Promise<void>((resolve) => {
    backend.start = () => {
      resolve();
      return new Promise(() => undefined);
    };
  });
  const { done, send } = startCli(['run', ...URL_FLAG, '--key', 'k', JOB], { clock, livywire });
  await posted;
  send('SIGINT');
  const { code, stderr } = await done;
  t.is(code, 130);
  t.regex(stderr, /interrupted while submitting k, which may be running; find out with: livywire attach k/);
});

test('a verb that follows nothing ends at a signal with its code', async (t) => {
  const clock = testClock({ auto: false });
  const backend = new MemoryBackend({ clock, endpoint: 'http://livy.test:8998' });
  const livywire = testLivywire({ clock, backend });
  await livywire.submit({ file: JOB }, { key: 'k' });
  const asked = new Promise<void>((resolve) => {
    backend.status = (_ref, ...rest: readonly { signal?: AbortSignal }[]) => {
      resolve();
      return new Promise((_resolve, reject) => {
        const signal = rest[0]?.signal;
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    };
  });
  const { done, send } = startCli(['status', ...URL_FLAG, 'k'], { clock, livywire });
  await asked;
  send('SIGINT');
  t.deepEqual(await done, { code: 130, stdout: '', stderr: '' });
});

test('when nobody reads stdout any more, run says on stderr what it left; logs ends without a word', async (t) => {
  const gone = new AbortController();
  const { done } = await following(['run', ...URL_FLAG, '-q', '--key', 'k', JOB], { closed: gone.signal });
  gone.abort();
  const { code, stderr } = await done;
  t.is(code, 4);
  t.is(stderr, 'livywire: left running: k; come back with: livywire attach k\n');

  const clock = testClock({ auto: false });
  const backend = new MemoryBackend({ clock, endpoint: 'http://livy.test:8998' });
  const livywire = testLivywire({ clock, backend });
  await livywire.submit({ file: JOB }, { key: 'k' });
  const closed = new AbortController();
  const logs = startCli(['logs', '-f', ...URL_FLAG, 'k'], { clock, livywire, closed: closed.signal });
  while (!backend.requests.some((request) => request.endsWith('/log'))) await clock.advance(1);
  closed.abort();
  t.deepEqual(await logs.done, { code: 0, stdout: '', stderr: '' });
});

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} during cancel says that nobody saw the run stop, and exits with ${code}`, async (t) => {
    const clock = testClock({ auto: false });
    const backend = new MemoryBackend({ clock, script: () => ({ afterMs: 86_400_000 }) });
    const livywire = testLivywire({ clock, backend });
    await livywire.submit({ file: JOB }, { key: '-k' });
    let isAsked = (): void => undefined;
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    backend.stop = (_ref: RunRef, options?: CallOptions) =>
      new Promise<never>((_resolve, reject) => {
        options?.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error));
        isAsked();
      });
    const { done, send } = startCli(['cancel', ...URL_FLAG, '--json', '--', '-k'], { clock, livywire });
    await asked;
    send(signal);
    const { code: seen, stdout, stderr } = await done;
    t.is(seen, code);
    t.regex(stderr, /asked to stop, without an answer so far; may be running: -k; see livywire status -- -k$/m);
    t.like(oneDocument(t, stdout), {
      v: 1,
      kind: 'running',
      reason: 'signal',
      stop: 'sent',
      ref: { key: '-k', id: '0' },
    });
  });
}

test('a signal while --on-timeout cancel stops the job ends with the code of the signal', async (t) => {
  const flags = ['--timeout', '5m', '--on-timeout', 'cancel', '--key', 'k'] as const;
  const { done, send, backend, clock } = await following(['run', ...URL_FLAG, ...flags, JOB]);
  let isAsked = false;
  backend.stop = () => {
    isAsked = true;
    return new Promise(() => undefined);
  };
  while (!isAsked) await clock.advance(1_000);
  send('SIGTERM');
  const { code, stderr } = await done;
  t.is(code, 143);
  t.regex(stderr, /asked to stop, without an answer so far; may be running: k/);
});

test('a signal during the cancel of a run that has ended, and whose log is read, says that it has ended', async (t) => {
  const clock = testClock({ auto: false });
  const backend = new MemoryBackend({ clock, script: () => ({ afterMs: 1_000, outcome: 'failed' }) });
  const livywire = testLivywire({ clock, backend });
  await livywire.submit({ file: JOB }, { key: 'k' });
  await clock.advance(60_000);
  const isRead = new Promise<void>((resolve) => {
    backend.open = () => ({
      read: async function* (_ref: RunRef, options?: CallOptions) {
        resolve();
        await clock.sleep(86_400_000, options?.signal);
        yield [];
      },
      finish: async function* () {},
    });
  });
  const { done, send } = startCli(['cancel', ...URL_FLAG, '--json', 'k'], { clock, livywire });
  await isRead;
  send('SIGTERM');
  const { code, stdout, stderr } = await done;
  t.is(code, 143);
  t.regex(stderr, /it has ended, its outcome not yet read: k; see livywire status k$/m);
  t.notRegex(stderr, /stop/);
  t.like(oneDocument(t, stdout), { kind: 'ended', reason: 'signal', stop: 'ended' });
});

test('a cancel whose first look hangs is bounded by its --timeout', async (t) => {
  const clock = testClock();
  const backend = new MemoryBackend({ clock, script: () => ({ afterMs: 86_400_000 }) });
  const livywire = testLivywire({ clock, backend });
  await livywire.submit({ file: JOB }, { key: 'k' });
  backend.status = () => new Promise(() => undefined);
  backend.stop = () => new Promise(() => undefined);
  const start = clock.now();
  const { code, stderr } = await cli(['cancel', ...URL_FLAG, '--timeout', '10s', 'k'], { clock, livywire });
  t.is(code, 4);
  t.true(clock.now() - start <= 20_000, `${clock.now() - start}`);
  t.regex(stderr, /asked to stop, without an answer so far; may be running: k/);
});

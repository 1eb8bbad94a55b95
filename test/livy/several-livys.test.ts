import test, { type ExecutionContext } from 'ava';
import type { RunRef } from '../../src/core/index.js';
import { LivyClient, SeveralLivys } from '../../src/livy/index.js';
import { testClock } from '../../src/testing/index.js';
import { aName } from '../helpers/engine.js';
import { livyStub } from '../helpers/livy-stub.js';

// Nobody listens there.
const DEAD = 'http://127.0.0.1:1';
const endpoint = 'emr://eu-west-1/j-1';
const plan = { spec: { file: 's3://jobs/etl.py' }, name: aName, tags: [aName] };
const ref: RunRef = { v: 1, key: 'k', attempt: 1, backend: 'livy', endpoint, name: aName, createdAt: '2026-11-23T12:00:00Z' }; // prettier-ignore

const over = (urls: readonly string[], closed?: string): SeveralLivys =>
  new SeveralLivys({ clients: urls.map((url) => new LivyClient({ url, retries: 0 })), endpoint, closed, clock: testClock() }); // prettier-ignore

async function two(t: ExecutionContext) {
  return [await livyStub(t), await livyStub(t)] as const;
}

test('a job goes to the next Livy only when the first one certainly did not get it', async (t) => {
  const [live, other] = await two(t);
  const livys = over([DEAD, live.url, other.url]);
  const answer = await livys.start(plan);
  t.is(answer.kind, 'started');
  t.deepEqual(live.requests, ['POST /batches']);
  t.deepEqual(other.requests, []);
  t.is((await over([DEAD, DEAD]).start(plan)).kind, 'unsent');
});

test('a run is found at whichever has it, by its name, for the ids are those of each', async (t) => {
  const [first, second] = await two(t);
  await over([first.url]).start({ ...plan, name: `livywire-${'0b'.repeat(16)}-a1` });
  await over([second.url]).start(plan);
  const livys = over([first.url, second.url]);
  // Both have a batch 0; only one has this attempt.
  t.is((await livys.status({ ...ref, id: '0' }))?.name, aName);
  t.is((await livys.find(aName))?.id, '0');
  const before = first.requests.length;
  await livys.status({ ...ref, id: '0' });
  t.is(first.requests.length, before); // who has it is asked first from then on
});

test('nobody has it is an answer, and that nobody who answers has it is none', async (t) => {
  const [first, second] = await two(t);
  t.is(await over([first.url, second.url]).find(aName), undefined);
  await t.throwsAsync(over([first.url, DEAD]).find(aName), { name: 'UnreachableError' });
  await t.throwsAsync(over([DEAD, first.url]).status(ref), { name: 'UnreachableError' });
});

test('a list is of all that answer, and says at its end that one did not', async (t) => {
  const [first, second] = await two(t);
  await over([first.url]).start(plan);
  await over([second.url]).start({ ...plan, name: `livywire-${'0b'.repeat(16)}-a1` });
  const names: (string | undefined)[] = [];
  const listing = async () => {
    for await (const { name } of over([first.url, DEAD, second.url]).list()) names.push(name);
  };
  await t.throwsAsync(listing(), { name: 'UnreachableError' });
  t.is(names.length, 2);
});

test('a stop is for who has it, and the log is read there', async (t) => {
  const [first, second] = await two(t);
  await over([second.url]).start(plan);
  second.batches[0]?.lines.push('hello');
  const livys = over([first.url, second.url]);
  const texts: string[] = [];
  for await (const items of livys.open(ref).read(ref)) for (const one of items) if (one.type === 'line') texts.push(one.text); // prettier-ignore
  t.true(texts.includes('hello'));
  t.is(await livys.stop(ref), 'asked');
  t.false(first.requests.some((line) => line.startsWith('DELETE')));
  t.true(second.requests.includes(`DELETE /batches/${aName}`));
});

test('where nothing may be started any more the words say why, and questions have no answer', async (t) => {
  const gone = over([], 'nightly has ended');
  const answer = await gone.start(plan);
  t.is(answer.kind, 'refused');
  if (answer.kind === 'refused') t.is(answer.error.message, 'nightly has ended');
  await t.throwsAsync(gone.status(ref), { name: 'UnreachableError', message: 'nightly has ended' });
});

test('a batch that is none of ours and is known by its number alone is no other Livy’s of that number', async (t) => {
  const [first, second] = await two(t);
  await over([first.url]).start({ ...plan, name: 'theirs' });
  const stranger: RunRef = { ...ref, key: 'livy:0', attempt: 0, name: 'theirs', id: '0' };
  t.is((await over([second.url, first.url]).status(stranger))?.id, '0');
  await t.throwsAsync(over([DEAD, first.url]).status(stranger), { name: 'UnreachableError' });
  await t.throwsAsync(over([DEAD, first.url]).stop(stranger), { name: 'UnreachableError' });

  await over([second.url]).start({ ...plan, name: 'theirs' });
  const both = over([first.url, second.url]);
  const ambiguous = { name: 'ConfigError', message: /livy:0 is a batch at several of them/ };
  await t.throwsAsync(both.status(stranger), ambiguous);
  await t.throwsAsync(both.stop(stranger), ambiguous);
  t.false([...first.requests, ...second.requests].some((line) => line.startsWith('DELETE')));
});

import process from 'node:process';
import anyTest from 'ava';
import { LivyClient } from '../../src/index.js';
import { useLocalLivy } from '../helpers/local-livy.js';

// The Livy that can be fetched has no REPL for the Spark that can be fetched, so only one that a person has will do.
const hasSessions = (process.env.LIVY_HOME ?? '') !== '';
const test = hasSessions ? anyTest : anyTest.skip;
const livy = hasSessions ? useLocalLivy(anyTest) : undefined;

test('a session runs a statement and is closed (skipped unless LIVY_HOME names a Livy)', async (t) => {
  if (!livy) return t.fail('no Livy');
  const client = new LivyClient({ url: livy().url });
  const { id } = await client.sessions.create({ kind: 'pyspark' });
  t.teardown(() => client.sessions.delete(id).catch(() => undefined));
  const until = async <T>(ask: () => Promise<T>, is: (answer: T) => boolean): Promise<T> => {
    for (let i = 0; i < 120; i++) {
      const answer = await ask();
      if (is(answer)) return answer;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    return ask();
  };
  const session = await until(
    () => client.sessions.get(id),
    ({ state }) => state === 'idle' || state === 'dead' || state === 'error',
  );
  t.is(session.state, 'idle');
  const statements = client.statements(id);
  const asked = await statements.create({ code: 'print(6 * 7)' });
  const done = await until(
    () => statements.get(asked.id),
    ({ state }) => state === 'available' || state === 'error',
  );
  if (done.output?.status !== 'ok') return t.fail(JSON.stringify(done));
  t.is(String(done.output.data['text/plain']).trim(), '42');
  await client.sessions.delete(id);
});

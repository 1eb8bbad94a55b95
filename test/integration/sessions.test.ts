// What test/session holds the stand-in to, held to a Livy that has sessions. LIVY_HOME names one.
import process from 'node:process';
import test from 'ava';
import { useLocalLivy } from '../helpers/local-livy.js';
import { sessionContract } from '../session/contract.js';

// The Livy that can be fetched has no REPL for the Spark that can be fetched, so only one that a person has will do.
if ((process.env.LIVY_HOME ?? '') !== '') {
  const livy = useLocalLivy(test);
  sessionContract(test, 'a real Livy', async (t) => {
    t.timeout(300_000); // each test makes a session, and one waits 30 s for a cancel
    return { url: livy().url };
  });
} else {
  test.skip('sessions do on a real Livy what they do on the stand-in (skipped: LIVY_HOME names no Livy)', (t) =>
    t.fail());
}

import test from 'ava';
import { checkMotoPython } from '../../src/local/moto.js';

test('a Python that Spark takes and moto does not is refused before anything is fetched', (t) => {
  t.throws(() => checkMotoPython('3.9.18'), { message: /needs a Python 3\.10 to 3\.13, and this one is 3\.9\.18/ });
  t.notThrows(() => checkMotoPython('3.10.0'));
  t.notThrows(() => checkMotoPython('3.13.1'));
});

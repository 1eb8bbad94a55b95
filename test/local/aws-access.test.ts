import test from 'ava';
import { bucketOf } from '../../src/local/aws-access.js';

test('every name of an instance makes a name that S3 takes for a bucket', (t) => {
  t.is(bucketOf('nightly'), 'livywire-nightly');
  t.is(bucketOf('My_Team-2_'), 'livywire-my-team-2');
  for (const name of ['a', 'A_', 'x'.repeat(40)]) t.regex(bucketOf(name), /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
});

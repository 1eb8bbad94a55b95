import test from 'ava';
import nock from 'nock';
import { HttpStatusError, UnreachableError } from '../../src/core/index.js';
import { Http } from '../../src/http/index.js';

// Others test over nock: what it answers has to come through this door as it would from a server.

test('answers, statuses and low-level errors of nock come through', async (t) => {
  const api = nock('http://livy-nock.test:8998')
    .get('/batches')
    .query({ from: '0' })
    .reply(200, { sessions: [] })
    .post('/batches', { file: 'x' })
    .reply(400, { msg: 'no such file' })
    .post('/batches')
    .replyWithError(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))
    .post('/batches')
    .replyWithError(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
  const http = new Http({ baseUrl: 'http://livy-nock.test:8998' });
  t.deepEqual(await http.get('/batches', { query: { from: 0 } }), { sessions: [] });
  const refused = await t.throwsAsync(http.post('/batches', { file: 'x' }), { instanceOf: HttpStatusError });
  t.is(refused?.serverMessage, 'no such file');
  const unsent = await t.throwsAsync(http.post('/batches', {}), { instanceOf: UnreachableError });
  t.is(unsent?.reached, 'no');
  const unknown = await t.throwsAsync(http.post('/batches', {}), { instanceOf: UnreachableError });
  t.is(unknown?.reached, 'maybe');
  api.done();
});

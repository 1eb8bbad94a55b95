import { gzipSync } from 'node:zlib';
import test from 'ava';
import { BadAnswerError } from '../../src/core/index.js';
import { Http } from '../../src/http/index.js';
import { text, webServer } from '../helpers/web-server.js';

test('an endless answer ends at 64 MiB, packed or not', async (t) => {
  const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024));
  const server = await webServer(t, text(bomb, 200, { 'Content-Encoding': 'gzip' }));
  const http = new Http({ baseUrl: server.url });
  await t.throwsAsync(http.get('/'), { instanceOf: BadAnswerError, message: /more than 67108864 bytes/ });
  await t.throwsAsync(http.getText('/'), { instanceOf: BadAnswerError, message: /more than 67108864 bytes/ });
});

import test from 'ava';
import fc from 'fast-check';
import { maskOf, serverMessage, shownBody } from '../../src/http/answer-text.js';

const bytes = (text: string) => Buffer.from(text);
const none = maskOf([]);
const message = (text: string) => serverMessage(bytes(text), none);

test("Livy's msg, its bare string and Hadoop's exception become one line of words", (t) => {
  t.is(message('{"msg":"Session \'7\' not found."}'), "Session '7' not found.");
  t.is(message('"Rejected, too many sessions are being created!"'), 'Rejected, too many sessions are being created!');
  t.is(
    message(
      '{"RemoteException":{"exception":"NotFoundException","message":"app with id: x not found","javaClassName":"y"}}',
    ),
    'app with id: x not found',
  );
  t.is(message('{"message":"Forbidden"}'), 'Forbidden');
  t.is(message('plain\n  words'), 'plain words');
  t.is(message(''), '');
});

test("Jetty's HTML page becomes its title and text", (t) => {
  const page = `<html>
<head><meta http-equiv="Content-Type" content="text/html;charset=utf-8"/><title>Error 400 Missing Required Header for CSRF protection.</title>
<style>body { color: red }</style><script>if (a < b) alert("</p>")</script></head>
<body><h2>HTTP ERROR 400</h2><p>Problem accessing /batches. Reason:<pre>    Missing &lt;X&gt; &amp; more</pre></p></body></html>`;
  t.is(
    message(page),
    'Error 400 Missing Required Header for CSRF protection.: HTTP ERROR 400 Problem accessing /batches. Reason: Missing <X> & more',
  );
});

test('a title that the page repeats is said once', (t) => {
  t.is(message('<!DOCTYPE html><title>Sign in</title><h1>Sign in</h1>'), 'Sign in');
});

test('broken JSON and HTML are shown as they are rather than lost', (t) => {
  t.is(message('{"msg": "cut of'), '{"msg": "cut of');
  t.is(message('<html><body>no end <b'), 'no end');
});

test('a message is one line of at most 500 characters, a body at most 2,000', (t) => {
  t.is(message('x'.repeat(10_000)).length, 500);
  t.is(shownBody(bytes('x\n'.repeat(10_000)), none).length, 2_000);
});

test('a body keeps its lines and loses what moves a cursor', (t) => {
  t.is(shownBody(bytes('one\r\n\u001b[31mtwo\u0007\u202e\nthree'), none), 'one\ntwo\nthree');
});

test('credentials that a server says back are masked in each of their forms', (t) => {
  const pair = Buffer.from('hadoop:hunter22').toString('base64');
  const mask = maskOf([`Basic ${pair}`, 'Bearer tokentokentoken', 'key-123456']);
  const text = `you sent Basic ${pair}, ${pair}, hadoop:hunter22, hunter22, tokentokentoken and key-123456`;
  const shown = shownBody(bytes(text), mask);
  for (const secret of [pair, 'hunter22', 'tokentoken', 'key-123456']) t.false(shown.includes(secret), secret);
  t.regex(shown, /^you sent \(redacted\)/);
});

test('a secret at the edge of the cut is not shown in part', (t) => {
  const secret = 'S3cr3tS3cr3tS3cr3t';
  for (let before = 1_970; before <= 2_000; before += 1) {
    t.false(shownBody(bytes('x'.repeat(before) + secret), maskOf([secret])).includes('S3c'));
  }
});

test('no text of any kind makes it throw or grow', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.string().map((s) => `<html>${s}`),
      ),
      (text) => {
        t.true(message(text).length <= 500);
        t.false(['\n', '\r', '\u001b'].some((one) => message(text).includes(one)));
      },
    ),
  );
  t.pass();
});

test('hostile HTML is read in no time', (t) => {
  t.notThrows(() => message(`<html>${'<script '.repeat(8_000)}`));
  t.notThrows(() => message(`<html>${'<script><'.repeat(7_000)}`));
});

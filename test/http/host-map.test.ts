import test from 'ava';
import { ConfigError } from '../../src/core/index.js';
import { HostMap } from '../../src/http/host-map.js';

test('a rule with a port moves that port only', (t) => {
  const map = new HostMap(['ip-10-0-3-9.ec2.internal:8042=127.0.0.1:18042']);
  t.deepEqual(map.find('ip-10-0-3-9.ec2.internal', 8042), { host: '127.0.0.1', port: 18042 });
  t.is(map.find('ip-10-0-3-9.ec2.internal', 8088), undefined);
  t.is(map.find('ip-10-0-3-8.ec2.internal', 8042), undefined);
});

test('a rule without ports keeps the port', (t) => {
  t.deepEqual(new HostMap(['livy.corp=10.1.2.3']).find('livy.corp', 8998), { host: '10.1.2.3', port: 8998 });
  t.deepEqual(new HostMap(['livy.corp:*=10.1.2.3']).find('livy.corp', 8998), { host: '10.1.2.3', port: 8998 });
});

test('a port on the right side alone holds for every port on the left', (t) => {
  t.deepEqual(new HostMap(['livy.corp=10.1.2.3:443']).find('livy.corp', 8998), { host: '10.1.2.3', port: 443 });
});

test('a star stands for anything, and is no longer a regular expression than it looks', (t) => {
  const map = new HostMap(['*.ec2.internal=127.0.0.1', 'ip-*.corp:8042=127.0.0.1:18042']);
  t.deepEqual(map.find('ip-10-0-0-1.ec2.internal', 1), { host: '127.0.0.1', port: 1 });
  t.deepEqual(map.find('a.b.ec2.internal', 1), { host: '127.0.0.1', port: 1 });
  t.is(map.find('ec2.internal', 1), undefined);
  t.is(map.find('x.ec2-internal', 1), undefined);
  t.is(map.find('x.ec2.internal.evil.example', 1), undefined);
  t.deepEqual(map.find('ip-7.corp', 8042), { host: '127.0.0.1', port: 18042 });
});

test('the rule that says more wins, and of equals the later one', (t) => {
  const map = new HostMap([
    '*=1.1.1.1',
    '*.corp=2.2.2.2',
    '*.corp:80=3.3.3.3',
    'a.corp=4.4.4.4',
    'a.corp:80=5.5.5.5',
    'a.corp=6.6.6.6',
  ]);
  const host = (name: string, port: number) => map.find(name, port)?.host;
  t.deepEqual(
    [host('x', 1), host('b.corp', 1), host('b.corp', 80), host('a.corp', 1), host('a.corp', 80)],
    ['1.1.1.1', '2.2.2.2', '3.3.3.3', '6.6.6.6', '5.5.5.5'],
  );
});

test('names match whatever their case or trailing dot', (t) => {
  t.truthy(new HostMap(['Livy.Corp=10.0.0.1']).find('LIVY.corp.', 1));
});

test('IPv6 addresses work on both sides, with and without brackets', (t) => {
  const map = new HostMap(['[fd00::1]:8998=[::1]:18998', 'fd00::2=::1', 'v6.corp=[::1]']);
  t.deepEqual(map.find('[fd00::1]', 8998), { host: '::1', port: 18998 });
  t.deepEqual(map.find('fd00::2', 80), { host: '::1', port: 80 });
  t.deepEqual(map.find('v6.corp', 80), { host: '::1', port: 80 });
});

for (const rule of [
  '',
  'livy.corp',
  '=127.0.0.1',
  'livy.corp=',
  'a=b=c',
  'http://a=b',
  'a=http://b',
  'a=*.b',
  'a:0=b',
  'a:65536=b',
  'a=b:x',
  'a b=c',
  'a/x=b',
  '[zz]=b',
  'a=[b]',
  '.corp=b',
]) {
  test(`the rule ${JSON.stringify(rule)} is refused, by name and with an example`, (t) => {
    const error = t.throws(() => new HostMap([rule]), { instanceOf: ConfigError });
    t.true(error?.message.includes(JSON.stringify(rule)));
    t.regex(error?.message ?? '', /write host\[:port\]=host\[:port\]/);
    t.is(error?.field, 'map');
  });
}

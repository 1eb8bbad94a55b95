import { join } from 'node:path';
import process from 'node:process';
import type { TestFn } from 'ava';
import { useProgram } from './stand-in-program.js';

/** What ssh -N -D does: a SOCKS5 proxy, to which every name is this machine. What it was called with, and its pid, go to a file. */
const source = `
const net = require('node:net');
const fs = require('node:fs');
const args = process.argv.slice(2);
const host = args.at(-1);
fs.appendFileSync(__dirname + '/calls', JSON.stringify({ pid: Number(process.env.SSH_PID ?? process.pid), args }) + '\\n');
if (host === 'refuses') { console.error('ada@refuses: Permission denied (publickey).'); process.exit(255); }
const [, port] = args[args.indexOf('-D') + 1].split(':');
net.createServer((client) => {
  client.on('error', () => client.destroy());
  client.once('data', () => {
    client.write(Buffer.from([5, 0]));
    client.once('data', (ask) => {
      const target = net.connect(ask.readUInt16BE(ask.length - 2), '127.0.0.1', () => {
        client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
        client.pipe(target).pipe(client);
      });
      target.on('error', () => client.destroy());
    });
  });
}).listen(Number(port), '127.0.0.1');
`;

/**
 * Node answers Ctrl-C whatever it inherits, and ssh does not where it is ignored: for the host `killed` a program stands
 * for ssh that does as ssh does.
 */
const shell = `#!/bin/sh
dir=$(dirname "$0")
for host; do :; done
[ "$host" = killed ] || exec ${process.execPath} "$dir/ssh.cjs" "$@"
SSH_PID=$$ ${process.execPath} "$dir/ssh.cjs" "$@" &
exec tail -f /dev/null
`;

/** Puts a stand-in for ssh before the real one, for this test file. Gives the file of its calls. */
export function useFakeSsh(test: TestFn): () => string {
  const folder = useProgram(test, 'ssh', { 'ssh.cjs': source, ssh: shell });
  return () => join(folder(), 'calls');
}
